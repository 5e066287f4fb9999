"""The parent's end of a child process: start it, ask it for turns, notice when it fails, dies or hangs.

`Child` is the pipe to any of them, `WorkerProcess` one that is timed. Leaves out who is asked when (launch.py).
"""

import msgspec

from bench.analysis.validity import advice, unequal_work
from bench.machine.launcher import Start, command
from bench.machine.parent_end import Child, Gone
from bench.records.messages import Order, Reply, Turn
from bench.records.proof import Evidence
from bench.records.run import Failure

PATIENCE = 4  # times as long as a turn's steps should take by the first ones, before it is called hung
RESCUE_S = 5.0  # how long a worker may at least take to hand over what it has when the user interrupts


WORKER = command("bench.worker.case")


class CaseFailed(Exception):
    """A case cannot go on; holds its Failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class WorkerProcess:
    """One timed child with its case."""

    def __init__(self, order: Order, start: Start) -> None:
        self.order, self.slices_s, self._stage = order, list[float](), "open"
        self.evidence: Evidence | None = None
        self.step_s = 0.0
        self._child = Child(start)
        self.end = self._child.end
        self._child.send(order)

    def ask(self, turn: Turn) -> None:
        """Begin a turn. Raises nothing: a dead worker is noticed by `answer`."""
        self._stage = turn.stage
        self._child.send(turn)

    def answer(self, time_limit_s: float | None = None) -> Reply:
        """The turn's reply. Raises CaseFailed where the worker failed, died or hung."""
        try:
            line = self._child.receive(self.order.schedule.time_limit_s if time_limit_s is None else time_limit_s)
        except Gone as error:
            raise self._failed(str(error)) from None
        reply = msgspec.json.decode(line, type=Reply)
        if reply.failure:
            raise CaseFailed(reply.failure)
        return reply

    def take(self, turn: Turn) -> Reply:
        """A whole turn, noting slices and evidence as they come. Raises CaseFailed."""
        self.ask(turn)
        reply = self.answer(max(self.order.schedule.time_limit_s, PATIENCE * turn.steps * self.step_s))
        self.evidence, self.step_s = reply.evidence or self.evidence, reply.step_s or self.step_s
        if turn.stage == "slice":
            self.slices_s.append(reply.seconds)
        return reply

    def expect_equal_work(self, baseline: Evidence, precision: str) -> None:
        """Raises CaseFailed where this case does not do its baseline's work: then it is not timed at all."""
        self._stage = "equal work"
        assert self.evidence
        if reasons := unequal_work(self.evidence, baseline, precision, self.order.case.device):
            own = self.order.case.workload.own_model
            raise self._failed("; ".join((*reasons, *([advice(self.evidence, baseline)] if own else []))))

    def hand_over(self) -> Reply:
        """The measurement as far as it got, past the reply of a turn that was cut short. Raises CaseFailed."""
        self.ask(Turn("close"))
        patience_s = max(RESCUE_S, 2 * max(self.slices_s))
        reply = self.answer(patience_s)
        return reply if reply.measurement else self.answer(patience_s)

    def _failed(self, message: str) -> CaseFailed:
        order, tail = self.order, self._child.tail()
        return CaseFailed(Failure(order.case, order.block, self._stage, message, tail, tuple(self.slices_s)))
