"""An update by Adam recomputed in float64: a setting that is not the one it says, a weight left out, a hidden decay."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.modes import Trainer
from bench.records.proof import Updated
from bench.worker.evidence import finite, name_of
from bench.worker.snapshot import Snapshot

SETTINGS = ("learning_rate", "beta_1", "beta_2", "epsilon")  # of Adam without any addition
CHUNK = 2**16  # elements computed on at once: float64 copies of a large weight would raise the process' peak
OWN = 1e-6  # relative rounding of a step in float32: a dozen operations of 6e-8 each
SMALLEST = float(np.finfo(np.float32).tiny)  # below it float32 keeps few bits, or none: second moments of 1e-19


@dataclass(frozen=True, slots=True)
class AdamUpdate:
    """The settings of an update, and its number from 1."""

    rate: float
    beta_1: float
    beta_2: float
    epsilon: float
    number: int

    @property
    def size(self) -> float:
        """What a step is of m / (sqrt(v) + epsilon), with both corrections for the moments' start from zero."""
        return self.rate * math.sqrt(1 - self.beta_2**self.number) / (1 - self.beta_1**self.number)

    @property
    def own(self) -> float:
        """The relative rounding of a step. Keras computes some of 1 - beta in Python and some in float32."""
        return OWN + abs(float(np.float32(self.beta_2)) - self.beta_2) / (1 - self.beta_2)


def recomputed(trainer: Trainer, before: Snapshot, number: int, after: Snapshot | None = None) -> Updated | None:
    """The update of this number, which has just been taken from the state `before`; None without plain Adam.

    `after`: the state now, where it is known already.
    Adam's paper, algorithm 1 (Kingma and Ba 2015, arXiv:1412.6980), with epsilon added as TensorFlow does.
    """
    optimizer = trainer.task.optimizer
    settings = optimizer.hyperparameters()
    if not optimizer.squares or set(settings) != set(SETTINGS):
        return None
    rate, beta_1, beta_2, epsilon = (settings[name] for name in SETTINGS)
    adam = AdamUpdate(rate, beta_1, beta_2, epsilon, number)
    after = after or Snapshot(trainer)
    kept = [list(variables) for variables in zip(trainer.task.weights, optimizer.slots, optimizer.squares, strict=True)]
    with np.errstate(invalid="ignore", over="ignore"):  # what is not finite is noted as None
        tested = [_tested(adam, *([at.value(v) for v in variables] for at in (before, after))) for variables in kept]
    off, along, moment = (max(column, key=_or_infinite) for column in zip(*tested, strict=True))
    furthest = max(range(len(tested)), key=lambda place: _or_infinite(tested[place][0]))
    return Updated(number, finite(off), finite(along), finite(moment), name_of(trainer.task.weights[furthest]))


def _or_infinite(value: float) -> float:
    return value if math.isfinite(value) else math.inf


def _tested(adam: AdamUpdate, before: list[Any], after: list[Any]) -> tuple[float, float, float]:
    """Of one weight: the element that is furthest off, what lies along the weight, the second moment's difference."""
    parts = np.array([_part(adam, *chunk) for chunk in _chunks([*before, *after])], np.float64).reshape(-1, 8)
    off = parts[:, 0].max(initial=0.0)
    off_weight, unit, off_step, step, step_weight, moment, expected = parts[:, 1:].sum(axis=0)
    # The settings' own rounding makes all steps longer or shorter by one factor: that share is not decay.
    along = off_weight - (off_step / step if step else 0.0) * step_weight
    return (
        float(off),
        abs(along) / math.sqrt(unit) if unit else 0.0,
        math.sqrt(moment / expected) if expected else math.sqrt(moment),
    )


def _chunks(arrays: list[Any]) -> Iterator[list[Any]]:
    flat = [np.ravel(array) for array in arrays]
    for start in range(0, flat[0].size, CHUNK):
        yield [array[start : start + CHUNK].astype(np.float64) for array in flat]


def _part(adam: AdamUpdate, w0: Any, m0: Any, v0: Any, w1: Any, m1: Any, v1: Any) -> tuple[float, ...]:
    """The largest distance in units; sums for what lies along the weight, and for the second moment (see _tested)."""
    gradient = (m1 - adam.beta_1 * m0) / (1 - adam.beta_1)
    square = adam.beta_2 * v0 + (1 - adam.beta_2) * gradient**2
    step = -adam.size * m1 / (np.sqrt(v1) + adam.epsilon)
    off = (w1 - w0) - step
    apart = v1 - square
    apart[np.abs(apart) < SMALLEST] = 0
    # A weight is rounded to its nearest float32: on average by the distance to the next one over the root of 12.
    largest = np.maximum(np.abs(w0), np.abs(w1)).astype(np.float32)
    unit = np.spacing(largest).astype(np.float64) / math.sqrt(12) + adam.own * np.abs(step)
    return (
        float(np.max(np.abs(off) / unit)),
        float(np.sum(off * w0)),
        float(np.sum((unit * w0) ** 2)),
        float(np.sum(off * step)),
        float(np.sum(step**2)),
        float(np.sum(step * w0)),
        float(np.sum(apart**2)),
        float(np.sum(square**2)),
    )
