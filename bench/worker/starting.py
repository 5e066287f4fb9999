"""A timed case before its first slice: ordered, opened, built, warmed up.

A state is a record whose parts all exist from its start. A stage is a method of the states that can take it: it does
the work and returns the next state with the reply to the parent. case.py lists them all.
"""

import gc
from dataclasses import dataclass, replace

import numpy as np

from bench.machine.nvml import GpuLogger
from bench.modes import Trainer
from bench.records.messages import Order, Reply, StageRequest
from bench.records.run import Samples
from bench.worker.fallbacks import Fallbacks
from bench.worker.first_updates import Begun, begin
from bench.worker.instruments import Instruments
from bench.worker.setup import Setup
from bench.worker.slices import Slice, take_slice
from bench.worker.timer import tracing_tool
from bench.worker.together import slowest
from bench.worker.trained import MARKS, TrainedSoFar


@dataclass(frozen=True, slots=True)
class Ordered:
    """The order has come; nothing is loaded."""

    order: Order
    instruments: Instruments

    def open(self, _: StageRequest) -> tuple["Opened", Reply]:
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

    def build(self, _: StageRequest) -> tuple["Built", Reply]:
        """Build, take the first steps, and gather the evidence of equal work."""
        clock, make_trainer = self.instruments.clock, self.setup.make_trainer
        start = clock()
        trainer = make_trainer()
        build_s = clock() - start
        begun = begin(trainer, self.order, self.setup.batches_digest, clock, self.setup.asks)
        per_call = self.order.case.steps_per_call or 1
        marks = MARKS if self.order.in_full else ()
        progress = TrainedSoFar(trainer, begun.first.start, begun.updates, per_call=per_call, marks=marks)
        reply = Reply(seconds=build_s + begun.first_step_s, step_s=begun.first.step_s, evidence=begun.evidence)
        return Built(self, trainer, build_s, begun, progress), reply

    def train_from_nothing(self, request: StageRequest) -> tuple["Closed", Reply]:
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

    def warm_up(self, request: StageRequest) -> tuple["WarmedUp", Reply]:
        """Take so many steps, which may be none, before the first slice."""
        progress, seconds = self.progress.train(request.steps, self.opened.instruments.clock)
        taken = progress.updates - self.progress.updates  # more than asked for where a mark lies between whole calls
        samples = Samples((seconds,), taken)
        reply = Reply(seconds=seconds * request.steps / taken if taken else 0.0)
        return WarmedUp(self, samples, self.trainer.traces(), progress), reply

    def take_slice(self, request: StageRequest) -> Slice:
        """Time so many steps."""
        case, gpu = self.opened.order.case, self.opened.gpu
        taken = take_slice(self.trainer, self.begun.watched, request, case, gpu, self.opened.instruments)
        return replace(taken, seconds=slowest(self.opened.setup.asks, taken.seconds))

    def updates_in(self, request: StageRequest) -> int:
        """How many updates a slice of the request's steps makes."""
        return request.steps * self.opened.order.case.steps_each


@dataclass(frozen=True, slots=True)
class WarmedUp:
    """All is ready for the first slice; `traces` were made until now."""

    built: Built
    warmup: Samples
    traces: int
    progress: TrainedSoFar

    def warm_up(self, request: StageRequest) -> tuple["WarmedUp", Reply]:
        """Take some more steps before the first slice."""
        more, reply = replace(self.built, progress=self.progress).warm_up(request)
        seconds = self.warmup.seconds[0] + more.warmup.seconds[0]
        warmup = Samples((seconds,), self.warmup.steps_per_slice + more.warmup.steps_per_slice)
        return replace(more, built=self.built, warmup=warmup), reply


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing more can be timed. The trainer is kept: taking it down would delay the last reply."""

    trainer: Trainer
