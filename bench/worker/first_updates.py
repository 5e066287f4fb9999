"""A case's first updates: timed one by one, and looked at for the evidence of equal work."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from bench.modes import Trainer
from bench.records.messages import Order
from bench.records.proof import Evidence
from bench.worker.evidence import CURVE_STEPS, finite, first_gradients, loss_curve, name_of, sketch
from bench.worker.noise import Noise, measure_noise
from bench.worker.replay import REPLAY_S, FirstUpdates
from bench.worker.setup import digest
from bench.worker.snapshot import Snapshot
from bench.worker.timer import Clock, time_slice
from bench.worker.together import Asks, alone, slowest
from bench.worker.update_test import recomputed

REPEATED_LATER = 3  # updates, in blocks after the first: two in one call and one alone tell as much


@dataclass(frozen=True, slots=True)
class Begun:
    """What the first updates took and left. `trace_s` is None where the mode does not trace.

    `watched` is the smallest weight that the first updates have changed: it must go on changing.
    """

    first_step_s: float
    trace_s: float | None
    evidence: Evidence
    updates: int
    first: FirstUpdates
    watched: Any


def begin(trainer: Trainer, order: Order, batches_digest: str, clock: Clock, asks: Asks = alone) -> Begun:
    """Trace and take the first updates; between them the state is read, which is not timed."""
    take = partial(_one_step, trainer, clock, asks)
    start = Snapshot(trainer)
    weights_digest = digest(start.value(weight) for weight in trainer.task.weights)
    trace_s = _trace(trainer, clock)
    traces = trainer.traces()
    call_s, loss = take()
    gradients, after_one = first_gradients(trainer), Snapshot(trainer)
    one = recomputed(trainer, start, 1, after_one)
    second = take()
    two = recomputed(trainer, after_one, 2) if order.in_full else None
    repeated = loss_curve(take, [second], CURVE_STEPS if order.in_full else REPEATED_LATER)
    after = Snapshot(trainer)
    curve = loss_curve(take, repeated)
    losses = tuple(map(finite, (loss, *(later for _, later in curve))))
    step_s = min(seconds for seconds, _ in curve)
    slow = len(losses) * step_s > REPLAY_S
    first = FirstUpdates(start, after_one if slow else after, losses[: 1 if slow else 1 + len(repeated)], step_s)
    measures_noise = order.measures_noise and not trainer.task.optimizer.by_change
    own = trainer.task.computes_in
    precision = own or order.case.workload.precision
    noise = measure_noise(trainer, start, gradients, len(losses), precision) if measures_noise else Noise()
    evidence = Evidence(
        batches_digest,
        weights_digest,
        losses,
        sketch([name_of(weight) for weight in trainer.task.weights], gradients, noise.near, noise.far, order.in_full),
        trainer.task.optimizer.by_change,
        trainer.task.random_layers,
        noise.losses,
        noise.reached,
        tuple(sorted(trainer.task.optimizer.hyperparameters().items())),
        tuple(updated for updated in (one, two) if updated),
        own,
        noise.far_loss,
    )
    watched = _smallest_changed(trainer, start, after)
    return Begun(trace_s + call_s, trace_s if traces else None, evidence, len(losses), first, watched)


def _one_step(trainer: Trainer, clock: Clock, asks: Asks) -> tuple[float, float]:
    """The seconds of the slowest process, so that all decide alike what they have time for; and the loss."""
    seconds, loss = time_slice(trainer, 1, clock)
    return slowest(asks, seconds), loss


def _smallest_changed(trainer: Trainer, start: Snapshot, after: Snapshot) -> Any:
    """Where none has changed, the smallest."""
    by_size = sorted(trainer.task.weights, key=lambda weight: int(np.prod(weight.shape)))
    changed = (w for w in by_size if not np.array_equal(start.value(w), after.value(w)))
    return next(changed, by_size[0])


def _trace(trainer: Trainer, clock: Clock) -> float:
    start = clock()
    trainer.trace()
    return clock() - start
