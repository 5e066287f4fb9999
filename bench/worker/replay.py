"""The first updates taken again after the last slice, by the same callable: it has computed the same all along."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.modes import Trainer
from bench.records.proof import Calls, Late, Repeated, Replay
from bench.worker.evidence import finite, first_gradients, name_of, sketch
from bench.worker.snapshot import Snapshot, values_now
from bench.worker.update_test import recomputed

REPLAY_S = 3.0  # about how long the steps of a replay may take; a very slow mode repeats fewer
# How often the same calls are repeated where bits differed, and for how long at most. An update of ResNet-9 at batch
# 256 under Keras fit on two cores came out in two ways, 2 and 6 times of 8; so nine alike are rare (0.75 to the 8).
TRIES, TRIES_S = 8, 15.0


@dataclass(frozen=True, slots=True)
class FirstUpdates:
    """What there was before the first update and after so many, with each one's loss and the seconds of a step."""

    start: Snapshot
    after: Snapshot
    losses: tuple[float | None, ...]
    step_s: float


def late(
    trainer: Trainer, start: Snapshot, updates: int, directed: bool = True, restores: bool = True
) -> tuple[Late, Calls]:
    """One more update after `updates`, from the weights and moments of the start: what it computes and what it calls.

    `directed`: with the gradients' projections. `restores`: the state is put back afterwards, for what is looked at
    next.
    """
    now = Snapshot(trainer) if restores else None
    start.put_back(but=[trainer.task.optimizer.iterations])
    calls = trainer.calls()
    loss, names = finite(trainer.sync()), [name_of(weight) for weight in trainer.task.weights]
    gradients, period = sketch(names, first_gradients(trainer), directed=directed), trainer.task.inputs.period
    batch = updates % period if period else None
    found = Late(updates, loss, gradients, recomputed(trainer, start, updates + 1), batch)
    if now:
        now.put_back()
    return found, calls


def not_finite(trainer: Trainer) -> tuple[str, ...]:
    """The names of the variables that hold a NaN or an infinity."""
    looked_at = {id(variable) for variable in (*trainer.task.weights, *trainer.task.averages)}
    seen = ((variable, value) for variable, value in values_now(trainer) if id(variable) in looked_at)
    return tuple(name_of(variable) for variable, value in seen if not np.isfinite(value).all())


def replay(trainer: Trainer, first: FirstUpdates, slice_steps: int, per_call: int) -> Replay:
    """Take the first updates again, and once more in one call where a slice has more steps.

    The bits are the same in every mode on a CPU, unless the order of a sum is left to chance: then they also differ
    from one replay to the next. Short slices are replayed as they were timed, so that one pass tells both that the
    first updates come out again and that many steps a call are as many updates. Comes last: the state is not put back.
    """
    traces, count = trainer.traces(), len(first.losses)
    if slice_steps < count and per_call == 1:
        sizes, sliced, steps = _sizes(count, slice_steps), None, 0
        repeated = _repeated(trainer, first, _again(trainer, first.start, sizes))
    else:
        sizes, steps = [1] * count, _in_a_call(trainer, first, slice_steps, per_call)
        repeated, sliced = _long(trainer, first, steps)
    otherwise = [calls for calls, found in ((sizes, repeated), ([steps], sliced)) if found and not found.exact]
    by_chance = any(_comes_out_otherwise(trainer, first, calls) for calls in otherwise)
    return Replay(repeated, sliced, trainer.traces() - traces, by_chance)


def _comes_out_otherwise(trainer: Trainer, first: FirstUpdates, sizes: list[int]) -> bool:
    """Whether the same calls from the same start differ from one time to the next. False of what takes too long."""
    tries = min(TRIES, int(TRIES_S / max(sum(sizes) * first.step_s, 1e-9)))
    if not tries:
        return False
    loss = _again(trainer, first.start, sizes)
    once = Snapshot(trainer)
    return any(
        _again(trainer, first.start, sizes) != loss or any(_difference(trainer, first.start, once)[:2])
        for _ in range(tries)
    )


def _sizes(count: int, slice_steps: int) -> list[int]:
    """In slices, the last step alone: Keras' loss is a mean over a call's steps."""
    whole, rest = divmod(count - 1, slice_steps)
    return [*[slice_steps] * whole, *[rest] * bool(rest), 1]


def _in_a_call(trainer: Trainer, first: FirstUpdates, slice_steps: int, per_call: int) -> int:
    """A slice's steps, fewer where they take long or have no repetition, in whole calls."""
    affordable = max(len(first.losses), int(REPLAY_S / 2 / first.step_s)) if first.step_s else slice_steps
    steps = int(min(slice_steps, affordable, trainer.task.inputs.repeats))
    return max(1, steps // per_call) * per_call


def _long(trainer: Trainer, first: FirstUpdates, steps: int) -> tuple[Repeated, Repeated | None]:
    """The first updates one by one; then so many steps one by one and in one call, where they are many."""
    count = len(first.losses)
    repeated = _repeated(trainer, first, _again(trainer, first.start, [1] * count))
    if steps == 1 or steps > trainer.task.inputs.repeats:
        return repeated, None
    if steps < count:
        _again(trainer, first.start, [1] * steps)
    for _ in range(steps - count):
        trainer.run(1)
    singles = Snapshot(trainer)
    _again(trainer, first.start, [steps])
    return repeated, Repeated(steps, 0.0, *_difference(trainer, first.start, singles))


def _again(trainer: Trainer, start: Snapshot, sizes: list[int]) -> float | None:
    """From the start, in calls of these many steps: the last loss."""
    trainer.rewind()
    start.put_back()
    for size in sizes:
        trainer.run(size)
        loss = trainer.sync()
    return finite(loss)


def _repeated(trainer: Trainer, first: FirstUpdates, loss: float | None) -> Repeated:
    was = first.losses[-1]
    same = loss == was
    apart = 0.0 if same else 2.0 if loss is None or was is None else min(2.0, abs(loss - was) / max(abs(was), 1e-12))
    return Repeated(len(first.losses), apart, *_difference(trainer, first.start, first.after))


def _difference(trainer: Trainer, start: Snapshot, reference: Snapshot) -> tuple[float, float, str]:
    """How far the state now is from a reference, as shares of the change since the start; and which variable most."""
    whole, changed, most, which = 0.0, 0.0, 0.0, ""
    for variable, then, now in reference.beside_now():
        far, change = _apart(start.value(variable), then, now)
        if not np.issubdtype(np.asarray(now).dtype, np.integer):  # a counter moves further than all weights together
            whole, changed = whole + far**2, changed + change**2
        share = _share(far, change)
        if share > most:
            most, which = share, name_of(variable)
    return _share(math.sqrt(whole), math.sqrt(changed)), most, which


def _apart(start: Any, then: Any, now: Any) -> tuple[float, float]:
    """How far apart two values are, and how far they are from the start: L2 norms, 0 where all bits are the same."""
    begun, was, is_now = (np.asarray(value, np.float64) for value in (start, then, now))
    same = np.asarray(then).tobytes() == np.asarray(now).tobytes()
    with np.errstate(invalid="ignore"):  # of infinities
        change = max(np.linalg.norm(was - begun), np.linalg.norm(is_now - begun))
        return 0.0 if same else float(np.linalg.norm(is_now - was)), float(change)


def _share(far: float, change: float) -> float:
    """At most 2, of nothing alike; also where something is not finite."""
    if far == 0:
        return 0.0
    share = far / change if change else 2.0
    return min(share, 2.0) if math.isfinite(share) else 2.0
