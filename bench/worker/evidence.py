"""The evidence that a case does equal work: its first losses and gradients, in few numbers."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from bench.modes import Trainer
from bench.records.proof import GradientSketch

CURVE_STEPS = 5  # the short loss curve compared before timing, step 1 included
CURVE_S = 3.0  # no further step once those after step 1 have taken so long; step 2 is always taken
PROJECTIONS = 8


Curve = list[tuple[float, float]]  # seconds and loss of each step after the first one


def loss_curve(take: Callable[[], tuple[float, float]], curve: Curve, steps: int = CURVE_STEPS) -> Curve:
    """The curve with more steps, up to this step or until CURVE_S have passed. `take` takes one more."""
    longer = [*curve]
    while len(longer) < steps - 1 and sum(seconds for seconds, _ in longer) < CURVE_S:
        longer.append(take())
    return longer


def first_gradients(trainer: Trainer) -> list[Any]:
    """The gradient of each weight in the first step, as arrays, from what the optimizer holds right after it."""
    optimizer = trainer.task.optimizer
    gradients: list[Any] = optimizer.first_gradients(trainer.read(optimizer.slots))
    return gradients


def name_of(variable: Any) -> str:
    """A variable's name; of Keras' own their path."""
    name: str = getattr(variable, "path", variable.name)
    return name.split(":")[0]


def sketch(
    names: list[str],
    gradients: list[Any],
    noise: Sequence[float | None] = (),
    far: Sequence[float | None] = (),
    directed: bool = True,
) -> tuple[GradientSketch, ...]:
    """Each gradient as its norm and PROJECTIONS dot products with directions that are the same in every process.

    Not `directed`: the norms alone, for projecting takes as long as many steps.
    `noise` and `far` are each gradient's rounding noise, near and far; empty where it was not measured.
    """
    unknown = [None] * len(names)
    measured = zip(noise or unknown, far or unknown, strict=True)
    sketches = []
    for number, (name, gradient, (near, distant)) in enumerate(zip(names, gradients, measured, strict=True)):
        norm = finite(float(np.linalg.norm(np.asarray(gradient, np.float64))))
        projected = projections(gradient, number) if directed else ()
        sketches.append(GradientSketch(name, norm, projected, near, distant))
    return tuple(sketches)


def projections(values: Any, number: int) -> tuple[float | None, ...]:
    """The dot products of the values with PROJECTIONS directions, whose elements are 1 or -1 by chance.

    They keep lengths on average as Gaussian ones do (Achlioptas 2003), and take a tenth of the time. `number` is the
    weight's, from which the directions follow.
    """
    flat, chance = np.asarray(values, np.float64).ravel(), np.random.default_rng(number)
    whole = flat.sum()
    with np.errstate(invalid="ignore"):  # infinities give NaN, which is noted as None
        # One direction at a time: all at once would be the largest thing in a small model's process, and its peak.
        return tuple(finite(float(2 * (flat @ _ones(chance, flat.size)) - whole)) for _ in range(PROJECTIONS))


def _ones(chance: np.random.Generator, size: int) -> Any:
    """1 or 0 by chance, float64 [size]."""
    return np.unpackbits(np.frombuffer(chance.bytes(-(-size // 8)), np.uint8), count=size).astype(np.float64)


def finite(number: float) -> float | None:
    """The number, or None for NaN and infinities, which JSON cannot hold."""
    return float(number) if np.isfinite(number) else None
