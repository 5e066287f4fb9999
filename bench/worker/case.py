"""A timed case as a chain of states: ordered, opened, built, warmed up, timed, closed.

A state is a record whose parts all exist from its start. A stage is a method of the states that can take it: it does
the work and returns the next state with the reply to the parent. CHAIN lists them all.
"""

import gc
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from bench.machine.counters import memory_bytes, peak_memory_bytes
from bench.machine.nvml import GpuLogger
from bench.modes import Trainer
from bench.modes.placement import short
from bench.records.costs import Costs
from bench.records.messages import Order, Reply, StageRequest
from bench.records.proof import Execution, Proof, Replay
from bench.records.run import Measurement, Samples
from bench.worker.diagnostics import Diagnostics, no_diagnostics
from bench.worker.evidence import finite
from bench.worker.fallbacks import Fallbacks
from bench.worker.first_updates import Begun, begin
from bench.worker.instruments import Instruments
from bench.worker.replay import late, not_finite, replay
from bench.worker.setup import Setup
from bench.worker.slices import Slice, take_slice
from bench.worker.timer import time_slice, tracing_tool
from bench.worker.trained import TrainedSoFar


class OutOfOrder(Exception):
    """A stage was asked for that does not follow the stages so far."""


@dataclass(frozen=True, slots=True)
class Ordered:
    """The order has come; nothing is loaded."""

    order: Order
    instruments: Instruments

    def open(self, _: StageRequest) -> "Step":
        """Import TensorFlow and prepare the batches. Raises RuntimeError where a debugger or profiler would slow it."""
        if tool := tracing_tool():
            raise RuntimeError(f"refused to time under {tool}; run without it")
        fallbacks, clock = Fallbacks(), self.instruments.clock
        fallbacks.attach()
        start = clock()
        prepared = self.instruments.set_up(self.order)
        load_s = self.instruments.imported_s + clock() - start
        gpu = self.instruments.log_gpu(self.order)
        # What importing left behind is collected now, not in the middle of some first step; in a forked worker this
        # also copies the pages of Python's heap, to which a collection writes.
        gc.collect()
        return Opened(self.order, self.instruments, prepared, load_s, fallbacks, gpu), Reply(seconds=load_s)


@dataclass(frozen=True, slots=True)
class Opened:
    """TensorFlow and the batches are loaded; `load_s` is how long that took."""

    order: Order
    instruments: Instruments
    setup: Setup
    load_s: float
    fallbacks: Fallbacks
    gpu: GpuLogger

    def build(self, _: StageRequest) -> "Step":
        """Build, take the first steps, and gather the evidence of equal work."""
        clock, make_trainer = self.instruments.clock, self.setup.make_trainer
        start = clock()
        trainer = make_trainer()
        build_s = clock() - start
        begun = begin(trainer, self.order, self.setup.batches_digest, clock)
        per_call = self.order.case.steps_per_call or 1
        progress = TrainedSoFar(trainer, begun.first.start, begun.updates, per_call=per_call)
        reply = Reply(seconds=build_s + begun.first_step_s, step_s=begun.first.step_s, evidence=begun.evidence)
        return Built(self, trainer, build_s, begun, progress), reply

    def train_from_nothing(self, request: StageRequest) -> "Step":
        """Build and train so many steps, timed as a whole. Raises FloatingPointError for a loss that is not finite."""
        clock, make_trainer = self.instruments.clock, self.setup.make_trainer
        start = clock()
        trainer = make_trainer()
        trainer.run(request.steps)
        loss = trainer.sync()
        seconds = clock() - start
        if not np.isfinite(loss):
            raise FloatingPointError(f"the loss became {loss} within {request.steps} steps")
        return Closed(trainer), Reply(seconds=seconds)


@dataclass(frozen=True, slots=True)
class Built:
    """The trainer stands and has taken its first steps."""

    opened: Opened
    trainer: Trainer
    build_s: float
    begun: Begun
    progress: TrainedSoFar

    def warm_up(self, request: StageRequest) -> "Step":
        """Take so many steps, which may be none, before the first slice."""
        progress, seconds = self.progress.train(request.steps, self.opened.instruments.clock)
        taken = progress.updates - self.progress.updates  # more than asked for where a mark lies between whole calls
        samples = Samples((seconds,), taken)
        reply = Reply(seconds=seconds * request.steps / taken if taken else 0.0)
        return WarmedUp(self, samples, self.trainer.traces(), progress), reply

    def take_slice(self, request: StageRequest) -> Slice:
        """Time so many steps."""
        slowdown, gpu = self.opened.order.case.slowdown, self.opened.gpu
        return take_slice(self.trainer, self.begun.watched, request, slowdown, gpu, self.opened.instruments)


@dataclass(frozen=True, slots=True)
class WarmedUp:
    """All is ready for the first slice; `traces` were made until now."""

    built: Built
    warmup: Samples
    traces: int
    progress: TrainedSoFar

    def slice(self, request: StageRequest) -> "Step":
        """Time the first slice."""
        progress = self.progress.before_slice(request.steps, self.built.opened.instruments.clock)
        memory_before = memory_bytes()
        first = self.built.take_slice(request)
        timed = Timed(self, memory_before, (first,), progress.after_slice(request.steps))
        return timed, Reply(seconds=first.seconds)


@dataclass(frozen=True, slots=True)
class Timed:
    """At least one slice is timed. `memory_before` is what was resident before the first, in bytes."""

    warm: WarmedUp
    memory_before: int
    slices: tuple[Slice, ...]
    progress: TrainedSoFar

    @property
    def slices_s(self) -> tuple[float, ...]:
        """Seconds of each slice so far."""
        return tuple(each.seconds for each in self.slices)

    def slice(self, request: StageRequest) -> "Step":
        """Time one more slice."""
        progress = self.progress.before_slice(request.steps, self.warm.built.opened.instruments.clock)
        another = self.warm.built.take_slice(request)
        timed = replace(self, slices=(*self.slices, another), progress=progress.after_slice(request.steps))
        return timed, Reply(seconds=another.seconds)

    def loop(self, request: StageRequest) -> "Step":
        """Take so many steps in one go, which no sample counts: the self-test compares slices with them."""
        seconds, _ = time_slice(self.warm.built.trainer, request.steps, self.warm.built.opened.instruments.clock)
        return replace(self, progress=self.progress.after_slice(request.steps)), Reply(seconds=seconds)

    def close(self, request: StageRequest) -> "Step":
        """Gather the proof of mode, run the diagnostics, replay the first updates, and hand over the measurement."""
        warm, built = self.warm, self.warm.built
        opened, last, gpu, peak = built.opened, self.slices[-1], built.opened.gpu.log(), peak_memory_bytes()
        proof, diagnosed = self._proof(request.examines), self._diagnostics(request.examines)
        measurement = Measurement(
            case=opened.order.case,
            block=opened.order.block,
            schedule=replace(opened.order.schedule, steps_per_slice=last.steps),
            environment=opened.order.environment,
            load_s=opened.load_s,
            build_s=built.build_s,
            first_call_s=built.begun.first_step_s,
            warmup=warm.warmup,
            steady=Samples(self.slices_s, last.steps, tuple(each.round for each in self.slices)),
            last_loss=finite(last.loss),
            evidence=built.begun.evidence,
            proof=replace(proof, placement=diagnosed.placement, replay=self._replay() if request.examines else None),
            peak_memory_bytes=peak,
            costs=diagnosed.costs,
            accuracy_after=diagnosed.accuracy_after,
            card=gpu,
        )
        return Closed(built.trainer), Reply(measurement=measurement)

    def _proof(self, examines: bool) -> Proof:
        """What can be said before anything else is trained than a late update, after which all is put back."""
        warm, trainer = self.warm, self.warm.built.trainer
        traces = trainer.traces() - warm.traces
        updates = int(trainer.read([trainer.task.optimizer.iterations])[0])
        seen = not_finite(trainer), self.progress.at_end().reached
        again, start = warm.built.opened.order.case.again, warm.built.begun.first.start
        late_update, calls = late(trainer, start, self.progress.updates) if examines and not again else (None, None)
        return Proof(
            self._execution(),
            traces,
            updates,
            self.progress.updates,
            sum(each.used.io_bytes for each in self.slices),
            None,
            calls,
            sum(each.tracing_us for each in self.slices),
            sum(not each.moved for each in self.slices),
            *seen,
            late_update,
        )

    def _replay(self) -> Replay | None:
        """None of the A/A control, which is the baseline's own code: it takes no late update either."""
        built, case = self.warm.built, self.warm.built.opened.order.case
        per_call = case.steps_per_call or 1
        return None if case.again else replay(built.trainer, built.begun.first, self.slices[-1].steps, per_call)

    def _execution(self) -> Execution:
        """What TensorFlow says of how the steps ran, devices in their short form, with AutoGraph's fallbacks."""
        execution = self.warm.built.trainer.execution()
        devices = tuple(sorted({short(device) for device in execution.devices if device}))
        return replace(execution, devices=devices, fallbacks=tuple(self.warm.built.opened.fallbacks.causes))

    def _diagnostics(self, examines: bool) -> Diagnostics:
        """What the slices cost beside time, and in the first block how that time was spent."""
        built, memory_after = self.warm.built, self.slices[-1].memory_after
        trace_s = built.begun.trace_s
        costs = Costs(sum(each.used.cpu_s for each in self.slices), self.memory_before, memory_after, trace_s)
        opened, steps = built.opened, self.slices[-1].steps
        diagnose = opened.instruments.diagnose if examines else no_diagnostics
        return diagnose(opened.order, built.trainer, steps, opened.instruments.clock, costs)


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing more can be timed. The trainer is kept: taking it down would delay the last reply."""

    trainer: Trainer


State = Ordered | Opened | Built | WarmedUp | Timed | Closed
Step = tuple[State, Reply]  # the next state, and what the parent is told
CHAIN: dict[tuple[type[State], str], Callable[[Any, StageRequest], Step]] = {
    (Ordered, "open"): Ordered.open,
    (Opened, "build"): Opened.build,
    (Opened, "total"): Opened.train_from_nothing,
    (Built, "warmup"): Built.warm_up,
    (WarmedUp, "slice"): WarmedUp.slice,
    (Timed, "slice"): Timed.slice,
    (Timed, "loop"): Timed.loop,
    (Timed, "close"): Timed.close,
}


def take(state: State, request: StageRequest) -> Step:
    """Take one stage. Raises OutOfOrder where the state cannot, and whatever TensorFlow raises."""
    stage = CHAIN.get((type(state), request.stage))
    if stage is None:
        raise OutOfOrder(f"the stage '{request.stage}' cannot be taken by a case that is {type(state).__name__}")
    return stage(state, request)
