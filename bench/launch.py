"""The parent: start a block's workers, give them turns, collect one Outcome a case. No TensorFlow.

All workers of a block live at once and take turns, so that drift, noisy neighbours and throttling hit every case
alike. Leaves out what is measured (plan.py), where outcomes are kept (store.py) and how often blocks are run (run.py).
"""

import contextlib
import os
import queue
import random
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import IO, TypeVar

import msgspec

from bench import modes
from bench.environment import load_average
from bench.records import Case, Evidence, Failure, Order, Outcome, Reply, Turn
from bench.validity import unequal_work

WORKER = (sys.executable, "-m", "bench.worker")
RESCUE_S = 5.0  # how long a worker may take to hand over what it has when the user interrupts
Notice = Callable[[str, float], None]  # what is going on, and the share of the block that is done
Keep = Callable[[Outcome, bool], None]  # an outcome, and whether it was cut short by an interruption
Result = TypeVar("Result")


class CaseFailed(Exception):
    """A case cannot go on; holds its Failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class WorkerProcess:
    """One child with its case: asks it for turns, notices when it fails, dies or hangs."""

    def __init__(self, order: Order, command: Sequence[str] = WORKER) -> None:
        self.order, self.slices_s, self._stage = order, list[float](), "open"
        self.evidence: Evidence | None = None
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        # A session of its own: Ctrl-C is for the parent, which then ends its workers in order.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=worker_env(order.case),
            start_new_session=True,
        )
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._send(order)

    def ask(self, turn: Turn) -> None:
        """Begin a turn. Raises nothing: a dead worker is noticed by `answer`."""
        self._stage = turn.stage
        self._send(turn)

    def answer(self, time_limit_s: float | None = None) -> Reply:
        """The turn's reply. Raises CaseFailed where the worker failed, died or hung."""
        limit = self.order.schedule.time_limit_s if time_limit_s is None else time_limit_s
        try:
            line = self._lines.get(timeout=limit)
        except queue.Empty:
            raise self._failed(f"no answer within {limit:g} s: it hung and was ended") from None
        if not line:
            raise self._failed(self._cause_of_death())
        reply = msgspec.json.decode(line, type=Reply)
        if reply.failure:
            raise CaseFailed(reply.failure)
        return reply

    def take(self, turn: Turn) -> Reply:
        """A whole turn, noting slices and evidence as they come. Raises CaseFailed."""
        self.ask(turn)
        reply = self.answer()
        self.evidence = reply.evidence or self.evidence
        if turn.stage == "slice":
            self.slices_s.append(reply.seconds)
        return reply

    def end(self) -> None:
        """End the process whatever it is doing, wait until it is gone, let go of its pipes. May be called again."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            assert stream
            with contextlib.suppress(BrokenPipeError):
                stream.close()

    def expect_equal_work(self, baseline: Evidence, precision: str) -> None:
        """Raises CaseFailed where this case does not do its baseline's work: then it is not timed at all."""
        self._stage = "equal work"
        if reasons := unequal_work(self.evidence or baseline, baseline, precision):
            raise self._failed("; ".join(reasons))

    def hand_over(self) -> Reply:
        """The measurement as far as it got, past the reply of a turn that was cut short. Raises CaseFailed."""
        self.ask(Turn("close"))
        reply = self.answer(RESCUE_S)
        return reply if reply.measurement else self.answer(RESCUE_S)

    def _failed(self, message: str) -> CaseFailed:
        order = self.order
        return CaseFailed(Failure(order.case, order.block, self._stage, message, self._tail(), tuple(self.slices_s)))

    def _send(self, record: Order | Turn) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.write(msgspec.json.encode(record) + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it died; `answer` says of what

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(b"")

    def _cause_of_death(self) -> str:
        code = self._process.wait()
        if code == -signal.SIGKILL:
            return "killed from outside (SIGKILL), as the system does when memory runs out; try smaller --batch-sizes"
        return f"died of {signal.Signals(-code).name}" if code < 0 else f"ended by itself with code {code}"

    def _tail(self) -> str:
        self._errors.seek(0)
        return self._errors.read()[-2000:].decode(errors="replace")


class Block:
    """One block: a fresh process for each case of a group; each outcome is kept as soon as it exists."""

    def __init__(self, orders: Sequence[Order], seed: int, keep: Keep, notice: Notice) -> None:
        first = orders[0]
        self._orders, self._keep, self._notice = orders, keep, notice
        self._schedule = first.schedule
        self._rng = random.Random(f"{seed}/{first.case.group}/{first.block}")
        self._workers: list[WorkerProcess] = []

    def run(self, command: Sequence[str] = WORKER) -> None:
        """Measure the block. Every case ends in one Outcome, whatever happens to the others."""
        try:
            self._load(command)
            self._build()
            self._check_equal_work()
            self._time(self._warm_up())
            self._close()
        except KeyboardInterrupt:
            self._rescue()
            raise
        finally:
            for worker in self._workers:
                worker.end()

    def _load(self, command: Sequence[str]) -> None:
        self._notice("loading TensorFlow", 0.0)
        self._workers = [WorkerProcess(order, command) for order in self._orders]
        for worker in self._workers:
            worker.ask(Turn("open"))
        self._each(WorkerProcess.answer)

    def _build(self) -> None:
        """Build, trace and compile with all others idle, so that first calls are not slowed by each other."""
        for number, worker in enumerate(self._shuffled()):
            self._notice(f"first call: {worker.order.case.arm}", 0.45 + 0.2 * number / len(self._orders))
            self._guarded(worker, lambda worker: worker.take(Turn("build")))

    def _check_equal_work(self) -> None:
        baseline = self._workers[0].evidence if self._workers else None
        if baseline is None or self._workers[0].order.case.key != self._orders[0].case.key:
            return  # the baseline has failed: nothing to compare with, and analysis.py says so
        precision = self._orders[0].case.workload.precision

        def check(worker: WorkerProcess) -> None:
            worker.expect_equal_work(baseline, precision)

        self._each(check)

    def _warm_up(self) -> int:
        """The same number of steps for each; the steps of a slice follow from the baseline's time unless set."""
        seconds = self._each(lambda worker: worker.take(Turn("warmup", self._schedule.warmup_steps)).seconds)
        if self._schedule.steps_per_slice or not seconds:
            return self._schedule.steps_per_slice or 1
        return max(1, round(self._schedule.slice_s * self._schedule.warmup_steps / seconds[0]))

    def _time(self, steps: int) -> None:
        for number in range(self._schedule.rounds):
            self._notice(f"round {number + 1} of {self._schedule.rounds}", 0.7 + 0.3 * number / self._schedule.rounds)
            for worker in self._shuffled():
                self._guarded(worker, lambda worker: worker.take(Turn("slice", steps)))

    def _close(self) -> None:
        self._each(lambda worker: self._land(worker.take(Turn("close")), interrupted=False))

    def _rescue(self) -> None:
        """The user interrupts: what the living workers have timed of this unfinished block is kept apart."""
        for worker in self._workers:
            if worker.slices_s:
                with contextlib.suppress(CaseFailed):
                    self._land(worker.hand_over(), interrupted=True)

    def _land(self, reply: Reply, interrupted: bool) -> None:
        assert reply.measurement
        environment = replace(reply.measurement.environment, load_after=load_average())
        self._keep(Outcome(measurement=replace(reply.measurement, environment=environment)), interrupted)

    def _shuffled(self) -> list[WorkerProcess]:
        return self._rng.sample(self._workers, len(self._workers))

    def _each(self, work: Callable[[WorkerProcess], Result]) -> list[Result]:
        results = [self._guarded(worker, work) for worker in list(self._workers)]
        return [result for result in results if result is not None]

    def _guarded(self, worker: WorkerProcess, work: Callable[[WorkerProcess], Result]) -> Result | None:
        """A failure ends one case, not the block."""
        try:
            return work(worker)
        except CaseFailed as error:
            self._workers.remove(worker)
            worker.end()
            self._keep(Outcome(failure=error.failure), False)
            return None


def worker_env(case: Case) -> dict[str, str]:
    """The child's environment variables: a CPU case cannot see a GPU; TensorFlow's own notices stay quiet.

    TF_USE_LEGACY_KERAS only spares each worker the import of Keras, a quarter of its loading time: no mode here uses
    it, and one that does says otherwise in its `process_env`.
    """
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_USE_LEGACY_KERAS": "1"}
    env = {**quiet, **os.environ, **dict(modes.row(case.mode).process_env)}
    return {**env, "CUDA_VISIBLE_DEVICES": "-1"} if case.device == "cpu" else env
