"""The parent's end of a timed case: ask it for stages of its case, notice when it fails, dies or hangs."""

import math

import msgspec

from bench.analysis.validity import advice, unequal_work
from bench.machine.launcher import Start, command
from bench.machine.parent_end import Gone
from bench.records.messages import Order, Reply, StageRequest
from bench.records.proof import Evidence
from bench.records.run import UNEQUAL, Failure
from bench.runner.gang import opened

PATIENCE = 4  # times as long as a request's steps should take by the first ones, before it is called hung
RESCUE_S = 5.0  # how long a worker may at least take to hand over what it has when the user interrupts
WORKER = command("bench.worker.serve")


class CaseFailed(Exception):
    """A case cannot go on; holds its Failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class WorkerProcess:
    """One timed case with its process, or its gang of processes."""

    def __init__(self, order: Order, start: Start) -> None:
        self.order, self.slices_s, self._stage = order, list[float](), "open"
        self.evidence: Evidence | None = None
        self.step_s = 0.0
        self.pieces_s = list[float]()  # seconds a step of each piece of the warm-up
        self.per_call = order.case.steps_per_call or 1
        self.steps = math.ceil((order.schedule.steps_per_slice or 0) / self.per_call) * self.per_call  # 0: not set yet
        self.stopped = False
        self._child = opened(order, start)

    def ask(self, request: StageRequest) -> None:
        """Ask for a stage. Raises nothing: a dead worker is noticed by `answer`."""
        self._stage = request.stage
        self._child.send(request)

    def answer(self, time_limit_s: float | None = None) -> Reply:
        """The reply to the last request. Raises CaseFailed where the worker failed, died or hung."""
        try:
            line = self._child.receive(self.order.schedule.time_limit_s if time_limit_s is None else time_limit_s)
        except Gone as error:
            raise self._failed(str(error)) from None
        reply = msgspec.json.decode(line, type=Reply)
        if reply.failure:
            raise CaseFailed(reply.failure)
        return reply

    def take(self, request: StageRequest) -> Reply:
        """A whole stage, noting slices and evidence as they come. Raises CaseFailed."""
        self.ask(request)
        reply = self.answer(max(self.order.schedule.time_limit_s, PATIENCE * request.steps * self.step_s))
        self.evidence, self.step_s = reply.evidence or self.evidence, reply.step_s or self.step_s
        if request.stage == "warmup" and request.steps:
            self.pieces_s.append(reply.seconds / request.steps)
        if request.stage == "slice":
            self.slices_s.append(reply.seconds)
        return reply

    def expect_equal_work(self, baseline: Evidence, precision: str) -> None:
        """Raises CaseFailed where this case does not do its baseline's work: then it is not timed at all."""
        self._stage = UNEQUAL
        assert self.evidence
        if reasons := unequal_work(self.evidence, baseline, precision, self.order.case.device):
            own_model = self.order.case.workload.own_model
            raise self._failed("; ".join((*reasons, *([advice(self.evidence, baseline)] if own_model else []))))

    def hand_over(self) -> Reply:
        """The measurement as far as it got, past the reply to a request that was interrupted. Raises CaseFailed."""
        self.ask(StageRequest("close", examines=False))
        patience_s = max(RESCUE_S, 2 * max(self.slices_s))
        reply = self.answer(patience_s)
        return reply if reply.measurement else self.answer(patience_s)

    def end(self) -> None:
        """End the process. May be called again. From now on `stopped` says whether it ran all the time until now."""
        self.stopped = self.stopped or self._child.held or self._child.stopped()
        self._child.end()

    def _failed(self, message: str) -> CaseFailed:
        order, tail = self.order, self._child.tail()
        return CaseFailed(Failure(order.case, order.block, self._stage, message, tail, tuple(self.slices_s)))
