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
from bench.records.proof import Evidence, Execution, Proof
from bench.records.run import Measurement, Samples
from bench.worker.diagnostics import Diagnostics
from bench.worker.evidence import finite, first_gradients, loss_curve, sketch, weight_names
from bench.worker.fallbacks import Fallbacks
from bench.worker.instruments import Instruments
from bench.worker.noise import Noise, Snapshot, measure_noise
from bench.worker.setup import Setup, digest
from bench.worker.slices import Slice, take_slice
from bench.worker.timer import time_slice, tracing_tool


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
        """Build, take the first step, and gather the evidence of equal work."""
        clock, make_trainer = self.instruments.clock, self.setup.make_trainer
        start = clock()
        trainer = make_trainer()
        build_s = clock() - start
        weights_digest, begun = digest(trainer.read(trainer.task.weights)), self._snapshot(trainer)
        start = clock()
        trainer.trace()
        trace_s = clock() - start
        traces = trainer.traces()
        call_s, loss = time_slice(trainer, 1, clock)
        gradients, curve = first_gradients(trainer), loss_curve(trainer, clock)
        steps, precision = 1 + len(curve), self.order.case.workload.precision
        noise = measure_noise(trainer, begun, gradients, steps, precision) if begun else Noise()
        evidence = Evidence(
            self.setup.batches_digest,
            weights_digest,
            tuple(map(finite, (loss, *(loss for _, loss in curve)))),
            sketch(weight_names(trainer), gradients, noise.near, noise.far),
            trainer.task.optimizer.by_change,
            trainer.task.random_layers,
            noise.losses,
        )
        built = Built(self, trainer, build_s, trace_s + call_s, trace_s if traces else None, evidence, steps)
        step_s = min(seconds for seconds, _ in curve)
        return built, Reply(seconds=build_s + built.first_step_s, step_s=step_s, evidence=evidence)

    def _snapshot(self, trainer: Trainer) -> Snapshot | None:
        """The state before the first step, where the noise of the gradients is measured from it afterwards."""
        measures_noise = self.order.is_baseline and not trainer.task.optimizer.by_change
        return Snapshot(trainer) if measures_noise else None

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
    """The trainer stands and has taken its first steps. `trace_s` is None where the mode does not trace."""

    opened: Opened
    trainer: Trainer
    build_s: float
    first_step_s: float
    trace_s: float | None
    evidence: Evidence
    steps_done: int

    def warm_up(self, request: StageRequest) -> "Step":
        """Take so many steps, which may be none, before the first slice."""
        seconds, _ = time_slice(self.trainer, request.steps, self.opened.instruments.clock)
        samples, steps_done = Samples((seconds,), request.steps), self.steps_done + request.steps
        return WarmedUp(self, samples, self.trainer.traces(), steps_done), Reply(seconds=seconds)

    def take_slice(self, request: StageRequest) -> Slice:
        """Time so many steps."""
        return take_slice(
            self.trainer, request, self.opened.order.case.slowdown, self.opened.gpu, self.opened.instruments
        )


@dataclass(frozen=True, slots=True)
class WarmedUp:
    """All is ready for the first slice; `traces` were made until now."""

    built: Built
    warmup: Samples
    traces: int
    steps_done: int

    def slice(self, request: StageRequest) -> "Step":
        """Time the first slice."""
        memory_before = memory_bytes()
        first = self.built.take_slice(request)
        timed = Timed(self, memory_before, (first,), self.steps_done + request.steps)
        return timed, Reply(seconds=first.seconds)


@dataclass(frozen=True, slots=True)
class Timed:
    """At least one slice is timed. `memory_before` is what was resident before the first, in bytes."""

    warm: WarmedUp
    memory_before: int
    slices: tuple[Slice, ...]
    steps_done: int

    @property
    def slices_s(self) -> tuple[float, ...]:
        """Seconds of each slice so far."""
        return tuple(each.seconds for each in self.slices)

    def slice(self, request: StageRequest) -> "Step":
        """Time one more slice."""
        another = self.warm.built.take_slice(request)
        timed = replace(self, slices=(*self.slices, another), steps_done=self.steps_done + request.steps)
        return timed, Reply(seconds=another.seconds)

    def loop(self, request: StageRequest) -> "Step":
        """Take so many steps in one go, which no sample counts: the self-test compares slices with them."""
        seconds, _ = time_slice(self.warm.built.trainer, request.steps, self.warm.built.opened.instruments.clock)
        return replace(self, steps_done=self.steps_done + request.steps), Reply(seconds=seconds)

    def close(self, _: StageRequest) -> "Step":
        """Gather the proof of mode, run the diagnostics, and hand over the measurement."""
        warm, built = self.warm, self.warm.built
        opened, trainer, last = built.opened, built.trainer, self.slices[-1]
        gpu, traces = opened.gpu.log(), trainer.traces() - warm.traces
        updates = int(trainer.read([trainer.task.optimizer.iterations])[0])
        peak = peak_memory_bytes()
        execution = self._execution()
        diagnosed = self._diagnostics()
        written = sum(each.used.io_bytes for each in self.slices)
        measurement = Measurement(
            case=opened.order.case,
            block=opened.order.block,
            schedule=replace(opened.order.schedule, steps_per_slice=last.steps),
            environment=opened.order.environment,
            load_s=opened.load_s,
            build_s=built.build_s,
            first_call_s=built.first_step_s,
            warmup=warm.warmup,
            steady=Samples(self.slices_s, last.steps, tuple(each.round for each in self.slices)),
            last_loss=finite(last.loss),
            evidence=built.evidence,
            proof=Proof(execution, traces, updates, self.steps_done, written, diagnosed.placement),
            peak_memory_bytes=peak,
            costs=diagnosed.costs,
            accuracy_after=diagnosed.accuracy_after,
            card=gpu,
        )
        return Closed(trainer), Reply(measurement=measurement)

    def _execution(self) -> Execution:
        """What TensorFlow says of how the steps ran, devices in their short form, with AutoGraph's fallbacks."""
        execution = self.warm.built.trainer.execution()
        devices = tuple(sorted({short(device) for device in execution.devices if device}))
        return replace(execution, devices=devices, fallbacks=tuple(self.warm.built.opened.fallbacks.causes))

    def _diagnostics(self) -> Diagnostics:
        """What the slices cost beside time, and in the first block how that time was spent."""
        built, memory_after = self.warm.built, self.slices[-1].memory_after
        costs = Costs(sum(each.used.cpu_s for each in self.slices), self.memory_before, memory_after, built.trace_s)
        opened, steps = built.opened, self.slices[-1].steps
        return opened.instruments.diagnose(opened.order, built.trainer, steps, opened.instruments.clock, costs)


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
