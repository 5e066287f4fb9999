"""A timed case as a chain of states: ordered, opened, built, warmed up (starting.py), timed, closed: see CHAIN."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bench.machine.counters import memory_bytes, peak_memory_bytes
from bench.modes.placement import short
from bench.records.costs import Costs
from bench.records.messages import Reply, StageRequest
from bench.records.proof import Calls, Execution, Late, Proof, Replay
from bench.records.run import Measurement, Samples
from bench.worker.diagnostics import Diagnostics, no_diagnostics
from bench.worker.evidence import finite
from bench.worker.replay import late, not_finite, replay
from bench.worker.replicas import replica_proof
from bench.worker.slices import Slice
from bench.worker.starting import Built, Closed, Opened, Ordered, WarmedUp
from bench.worker.timer import time_slice
from bench.worker.together import summed
from bench.worker.trained import TrainedSoFar


class OutOfOrder(Exception):
    """A stage was asked for that does not follow the stages so far."""


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

    def slice(self, request: StageRequest) -> tuple["Timed", Reply]:
        """Time one more slice."""
        updates = self.warm.built.updates_in(request)
        progress = self.progress.before_slice(updates, self.warm.built.opened.instruments.clock)
        another = self.warm.built.take_slice(request)
        timed = replace(self, slices=(*self.slices, another), progress=progress.after_slice(updates))
        return timed, Reply(seconds=another.seconds)

    def loop(self, request: StageRequest) -> tuple["Timed", Reply]:
        """Take so many steps in one go, which no sample counts: the self-test compares slices with them."""
        seconds, _ = time_slice(self.warm.built.trainer, request.steps, self.warm.built.opened.instruments.clock)
        return replace(self, progress=self.progress.after_slice(request.steps)), Reply(seconds=seconds)

    def close(self, request: StageRequest) -> tuple[Closed, Reply]:
        """Gather the proof of mode, run the diagnostics, replay the first updates, and hand over the measurement."""
        order = self.warm.built.opened.order
        # Marks are looked at no more where a step takes seconds, and the A/A control takes no late update.
        compared = request.examines and order.in_full and self.progress.marks and not order.case.again
        period = self.warm.built.trainer.task.inputs.period if compared else 0
        return replace(self, progress=self.progress.to_first_batch(period))._handed_over(request)

    def _handed_over(self, request: StageRequest) -> tuple[Closed, Reply]:
        warm, built = self.warm, self.warm.built
        opened, last, gpu = built.opened, self.slices[-1], built.opened.gpu.log()
        (peak,) = summed(opened.setup.asks, [peak_memory_bytes()])
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
            peak_memory_bytes=int(peak),
            costs=diagnosed.costs,
            accuracy_after=diagnosed.accuracy_after,
            card=gpu,
        )
        return Closed(built.trainer), Reply(measurement=measurement)

    def _proof(self, examines: bool) -> Proof:
        """What can be said before anything else is trained than a late update."""
        warm, trainer = self.warm, self.warm.built.trainer
        traces = trainer.traces() - warm.traces
        updates = int(trainer.read([trainer.task.optimizer.iterations])[0])
        seen = not_finite(trainer), self.progress.at_end().reached
        replicas = replica_proof(trainer, warm.built.opened.order.case)
        late_update, calls = self._late() if examines else (None, None)
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
            replicas=replicas,
        )

    def _late(self) -> tuple[Late | None, Calls | None]:
        """Nothing of the A/A control. All is put back where diagnostics follow, as in a run's first block."""
        warm, order = self.warm, self.warm.built.opened.order
        if order.case.again:
            return None, None
        first, updates = warm.built.begun.first, self.progress.updates
        return late(warm.built.trainer, first.start, updates, order.in_full, restores=not order.block)

    def _replay(self) -> Replay | None:
        """None of the A/A control, which is the baseline's own code: it takes no late update either."""
        built, order = self.warm.built, self.warm.built.opened.order
        if order.case.again:
            return None
        first, steps, per_call = built.begun.first, self.slices[-1].steps, order.case.steps_per_call or 1
        if not order.new_steps and per_call == 1:
            steps = max(1, min(steps, len(first.losses) - 1))  # as short slices are: all but the last in one call
        return replay(built.trainer, first, steps, per_call)

    def _execution(self) -> Execution:
        """What TensorFlow says of how the steps ran, devices in their short form, with AutoGraph's fallbacks."""
        execution = self.warm.built.trainer.execution()
        devices = tuple(sorted({short(device) for device in execution.devices if device}))
        return replace(execution, devices=devices, fallbacks=tuple(self.warm.built.opened.fallbacks.causes))

    def _diagnostics(self, examines: bool) -> Diagnostics:
        """CPU time, memory and operations of the slices, and in the first block how that time was spent."""
        built, memory_after = self.warm.built, self.slices[-1].memory_after
        used = sum(each.used.cpu_s for each in self.slices), self.memory_before, memory_after
        cpu_s, before, after = summed(built.opened.setup.asks, used)
        costs = Costs(cpu_s, int(before), int(after), built.begun.trace_s)
        opened, steps = built.opened, self.slices[-1].steps
        diagnose = opened.instruments.diagnose if examines else no_diagnostics
        return diagnose(opened.order, built.trainer, steps, opened.instruments.clock, costs)


def first_slice(state: WarmedUp, request: StageRequest) -> tuple[Timed, Reply]:
    """Time the first slice."""
    updates = state.built.updates_in(request)
    progress = state.progress.before_slice(updates, state.built.opened.instruments.clock)
    memory_before = memory_bytes()
    first = state.built.take_slice(request)
    timed = Timed(state, memory_before, (first,), progress.after_slice(updates))
    return timed, Reply(seconds=first.seconds)


State = Ordered | Opened | Built | WarmedUp | Timed | Closed
Step = tuple[State, Reply]  # the next state, and what the parent gets
CHAIN: dict[tuple[type[State], str], Callable[[Any, StageRequest], Step]] = {
    (Ordered, "open"): Ordered.open,
    (Opened, "build"): Opened.build,
    (Opened, "total"): Opened.train_from_nothing,
    (Built, "warmup"): Built.warm_up,
    (WarmedUp, "warmup"): WarmedUp.warm_up,
    (WarmedUp, "slice"): first_slice,
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
