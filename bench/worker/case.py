"""The child process: one Case in, one reply a turn, the Measurement at the end.

Started as `python -m bench.worker`, or forked from a process that has imported TensorFlow (nursery.py). The parent
(launch.py) gives the turns; while it is not its turn, the worker sleeps on its input, and input closed
means that the parent has gone. Leaves out the clock loop (measure.py) and all judgement of numbers.
"""

import gc
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import IO, Any

import msgspec
import numpy as np

from bench.errors import NotAvailable
from bench.machine import counters
from bench.machine.child_end import connect
from bench.machine.nvml import Diary
from bench.modes.placement import short
from bench.records.costs import Costs
from bench.records.messages import Order, Reply, Turn
from bench.records.proof import Evidence, GradientSketch, Proof
from bench.records.run import NOT_APPLICABLE, NOT_AVAILABLE, Failure, Measurement, Samples
from bench.worker import diagnostics as insight
from bench.worker import timer as measure
from bench.worker.fallbacks import Fallbacks
from bench.worker.setup import Opened, card_diary, digest, open_tensorflow
from bench.worker.slowdown import Slowed
from bench.worker.user_errors import described
from cifar_core.errors import Unsuited

CURVE_STEPS = 5  # the short loss curve compared before timing, step 1 included
CURVE_S = 3.0  # no further step once those after step 1 have taken so long; step 2 is always taken
PROJECTIONS = 8
STAGES = ("open", "build", "warmup", "slice", "loop", "close", "total")


class Worker:
    """One case on its way through the stages."""

    def __init__(
        self,
        order: Order,
        open_case: Callable[[Order], Opened],
        clock: measure.Clock,
        look: insight.Look = insight.nothing,
        imported_s: float = 0.0,
        open_diary: Callable[[Order], Diary] = card_diary,
    ) -> None:
        self.order, self.clock, self._open_case, self._look = order, clock, open_case, look
        self._open_diary = open_diary
        self._imported_s = imported_s
        self.stage = STAGES[0]
        self.seconds: list[float] = []
        self.rounds: list[int] = []
        self.spent = counters.Spent()
        self.fallbacks = Fallbacks()
        self.warmup_s: list[float] = []
        self.warmup_steps = self.slice_steps = self.steps_done = 0

    def take(self, turn: Turn) -> Reply:
        """Do one turn's work. Raises whatever TensorFlow raises."""
        self.stage = turn.stage
        stages: dict[str, Callable[[Turn], Reply]] = {
            "open": self._open,
            "build": self._build,
            "warmup": self._warm_up,
            "slice": self._slice,
            "loop": self._loop,
            "close": self._close,
            "total": self._total,
        }
        return stages[turn.stage](turn)

    def _open(self, _: Turn) -> Reply:
        if tool := measure.instrument():
            raise RuntimeError(f"refused to time under {tool}; run without it")
        self.fallbacks.attach()
        start = self.clock()
        self._make_trainer, self._batches_digest = self._open_case(self.order)
        self.load_s = self._imported_s + self.clock() - start
        self._diary = self._open_diary(self.order)
        # What importing left behind is collected now, not in the middle of somebody's first call; in a forked worker
        # this also copies the pages of Python's heap, to which a collection writes.
        gc.collect()
        return Reply(seconds=self.load_s)

    def _build(self, _: Turn) -> Reply:
        """Build, make the first call, and gather the evidence of equal work."""
        start = self.clock()
        self.trainer = self._make_trainer()
        self.build_s = self.clock() - start
        weights = self.trainer.read(self.trainer.task.weights)
        start = self.clock()
        self.trainer.trace()
        trace_s = self.clock() - start
        self.trace_s = trace_s if self.trainer.traces() else None
        call_s, loss = self._timed(1)
        self.first_call_s = trace_s + call_s
        optimizer, names = self.trainer.task.optimizer, [getattr(w, "path", w.name) for w in self.trainer.task.weights]
        gradients = optimizer.first_gradients(self.trainer.read(optimizer.slots))
        curve = [self._timed(1)]
        while len(curve) < CURVE_STEPS - 1 and sum(seconds for seconds, _ in curve) < CURVE_S:
            curve.append(self._timed(1))
        losses, step_s = [loss, *(loss for _, loss in curve)], min(seconds for seconds, _ in curve)
        self.evidence = Evidence(
            self._batches_digest,
            digest(weights),
            tuple(map(finite, losses)),
            sketch(names, gradients),
            optimizer.by_change,
        )
        return Reply(seconds=self.build_s + self.first_call_s, step_s=step_s, evidence=self.evidence)

    def _total(self, turn: Turn) -> Reply:
        """Build and train so many steps from nothing, in one stretch of the clock: in place of all stages but open."""
        start = self.clock()
        self.trainer = self._make_trainer()
        self.trainer.run(turn.steps)
        loss = self.trainer.sync()
        seconds = self.clock() - start
        if not np.isfinite(loss):
            raise FloatingPointError(f"the loss became {loss} within {turn.steps} steps")
        return Reply(seconds=seconds)

    def _warm_up(self, turn: Turn) -> Reply:
        seconds, _ = self._timed(turn.steps)
        self.warmup_s.append(seconds)
        self.warmup_steps = turn.steps
        self._traces_before = self.trainer.traces()
        return Reply(seconds=seconds)

    def _slice(self, turn: Turn) -> Reply:
        self.spent.begin()
        seconds, self._last_loss = self._timed(turn.steps, self.order.case.slowdown)
        self.spent.end()
        self._diary.slice()
        self.seconds.append(seconds)
        self.rounds.append(turn.round)
        self.slice_steps = turn.steps
        return Reply(seconds=seconds)

    def _loop(self, turn: Turn) -> Reply:
        """So many steps in one go, counted nowhere: what selftest.py holds a slice against."""
        return Reply(seconds=self._timed(turn.steps)[0])

    def _close(self, _: Turn) -> Reply:
        trainer, card = self.trainer, self._diary.log()
        traced = trainer.traces() - self._traces_before
        updates = int(trainer.read([trainer.task.optimizer.iterations])[0])
        peak = counters.peak_memory_bytes()
        execution = trainer.execution()
        devices = tuple(sorted({short(device) for device in execution.devices if device}))
        execution = replace(execution, devices=devices, fallbacks=tuple(self.fallbacks.found))
        seen = self._seen()
        measurement = Measurement(
            case=self.order.case,
            block=self.order.block,
            schedule=replace(self.order.schedule, steps_per_slice=self.slice_steps),
            environment=self.order.environment,
            load_s=self.load_s,
            build_s=self.build_s,
            first_call_s=self.first_call_s,
            warmup=Samples(tuple(self.warmup_s), self.warmup_steps),
            steady=Samples(tuple(self.seconds), self.slice_steps, tuple(self.rounds)),
            last_loss=finite(self._last_loss),
            evidence=self.evidence,
            proof=Proof(execution, traced, updates, self.steps_done, self.spent.io_bytes, seen.placement),
            peak_memory_bytes=peak,
            costs=seen.costs,
            accuracy_after=seen.accuracy_after,
            card=card,
        )
        return Reply(measurement=measurement)

    def _seen(self) -> insight.Seen:
        """What the slices took beside time, and, in the first block, a look at how their time was spent."""
        spent = self.spent
        costs = Costs(spent.cpu_s, spent.memory_before, spent.memory_after, self.trace_s)
        return self._look(self.order, self.trainer, self.slice_steps, self.clock, costs)

    def _timed(self, steps: int, slowdown: float = 0.0) -> tuple[float, float]:
        trainer = Slowed(self.trainer, slowdown, self.clock) if slowdown else self.trainer
        seconds, loss = measure.time_slice(trainer, steps, self.clock)
        self.steps_done += steps
        return seconds, loss

    def failure(self, error: BaseException) -> Failure:
        """The error as a Failure, with the tail of its traceback."""
        stages = {NOT_APPLICABLE: Unsuited, NOT_AVAILABLE: NotAvailable}
        stage = next((name for name, kind in stages.items() if isinstance(error, kind)), self.stage)
        if self.order.case.workload.own_model:
            message, trace = described(error)
        else:
            message = (str(error).strip() or type(error).__name__).splitlines()[0]
            trace = "".join(traceback.format_exception(error))
        return Failure(self.order.case, self.order.block, stage, message, trace[-4000:], tuple(self.seconds))


def sketch(names: list[str], gradients: list[Any]) -> tuple[GradientSketch, ...]:
    """Each gradient as its norm and PROJECTIONS dot products with directions that are the same in every process."""
    sketches = []
    for number, (name, gradient) in enumerate(zip(names, gradients, strict=True)):
        flat = np.asarray(gradient, np.float64).ravel()
        directions = np.random.default_rng(number)
        # One direction at a time: all at once would be the largest thing in a small model's process, and its peak.
        projections = tuple(finite(float(directions.standard_normal(flat.size) @ flat)) for _ in range(PROJECTIONS))
        sketches.append(GradientSketch(name.split(":")[0], finite(float(np.linalg.norm(flat))), projections))
    return tuple(sketches)


def finite(number: float) -> float | None:
    """The number, or None for NaN and infinities, which JSON cannot hold."""
    return float(number) if np.isfinite(number) else None


def serve(
    lines: Iterator[bytes],
    out: IO[bytes],
    open_case: Callable[[Order], Opened] = open_tensorflow,
    clock: measure.Clock = time.perf_counter,
    look: insight.Look = insight.look,
    imported_s: float = 0.0,
    open_diary: Callable[[Order], Diary] = card_diary,
) -> None:
    """Answer each turn with one line until the input ends, the case closes, or it fails.

    `imported_s` is how long the nursery took that imported TensorFlow for this worker.
    """
    worker = Worker(msgspec.json.decode(next(lines), type=Order), open_case, clock, look, imported_s, open_diary)
    for line in lines:
        try:
            reply = worker.take(msgspec.json.decode(line, type=Turn))
        except Exception as error:  # whatever goes wrong in a case is that case's row, not a crash
            reply = Reply(failure=worker.failure(error))
        out.write(msgspec.json.encode(reply) + b"\n")
        out.flush()
        if reply.failure or reply.measurement:
            return


if __name__ == "__main__":
    serve(*connect())
