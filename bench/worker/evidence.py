"""The evidence that a case does equal work: its first losses and gradients, in few numbers."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from bench.modes import Trainer
from bench.records.proof import GradientSketch
from bench.worker.timer import Clock, time_slice

CURVE_STEPS = 5  # the short loss curve compared before timing, step 1 included
CURVE_S = 3.0  # no further step once those after step 1 have taken so long; step 2 is always taken
PROJECTIONS = 8


def loss_curve(trainer: Trainer, clock: Clock) -> list[tuple[float, float]]:
    """Seconds and loss of each step after the first one, up to CURVE_STEPS or until CURVE_S have passed."""
    curve = [time_slice(trainer, 1, clock)]
    while len(curve) < CURVE_STEPS - 1 and sum(seconds for seconds, _ in curve) < CURVE_S:
        curve.append(time_slice(trainer, 1, clock))
    return curve


def first_gradients(trainer: Trainer) -> list[Any]:
    """The gradient of each weight in the first step, as arrays, from what the optimizer holds right after it."""
    optimizer = trainer.task.optimizer
    gradients: list[Any] = optimizer.first_gradients(trainer.read(optimizer.slots))
    return gradients


def weight_names(trainer: Trainer) -> list[str]:
    """The name of each weight: of Keras' own variables their path."""
    return [getattr(weight, "path", weight.name) for weight in trainer.task.weights]


def sketch(
    names: list[str], gradients: list[Any], noise: Sequence[float | None] = (), far: Sequence[float | None] = ()
) -> tuple[GradientSketch, ...]:
    """Each gradient as its norm and PROJECTIONS dot products with directions that are the same in every process.

    `noise` and `far` are each gradient's rounding noise, near and far; empty where it was not measured.
    """
    unknown = [None] * len(names)
    measured = zip(noise or unknown, far or unknown, strict=True)
    sketches = []
    for number, (name, gradient, (near, distant)) in enumerate(zip(names, gradients, measured, strict=True)):
        flat = np.asarray(gradient, np.float64).ravel()
        directions = np.random.default_rng(number)
        # One direction at a time: all at once would be the largest thing in a small model's process, and its peak.
        projections = tuple(finite(float(directions.standard_normal(flat.size) @ flat)) for _ in range(PROJECTIONS))
        norm = finite(float(np.linalg.norm(flat)))
        sketches.append(GradientSketch(name.split(":")[0], norm, projections, near, distant))
    return tuple(sketches)


def finite(number: float) -> float | None:
    """The number, or None for NaN and infinities, which JSON cannot hold."""
    return float(number) if np.isfinite(number) else None
