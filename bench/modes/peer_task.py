"""A task as a framework other than TensorFlow trains it: its variables as arrays in TensorFlow's layouts.

So the evidence of equal work reads the peers' modes as it reads TensorFlow's. No mode itself.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True, eq=False)
class PeerVariable:
    """A weight, a moment or a counter of another framework. `get` and `put` take arrays in TensorFlow's layout."""

    name: str
    shape: tuple[int, ...]
    get: Callable[[], Any]
    put: Callable[[Any], None]


def read(variables: Sequence[PeerVariable]) -> list[Any]:
    """The variables' values: copies, which later steps leave alone."""
    return [np.array(variable.get()) for variable in variables]


def write(variables: Sequence[PeerVariable], values: Sequence[Any]) -> None:
    """Give the variables these values."""
    for variable, value in zip(variables, values, strict=True):
        variable.put(value)


@dataclass(frozen=True, slots=True)
class PeerAdam:
    """Another framework's Adam: its variables, and its settings as that framework says them, by Keras' names."""

    iterations: PeerVariable
    slots: tuple[PeerVariable, ...]
    squares: tuple[PeerVariable, ...]
    settings: Callable[[], dict[str, float]]
    by_change: bool = False

    def first_gradients(self, slots: Sequence[Any]) -> list[Any]:
        """The gradients of the first step, from the first moments right after it."""
        return [slot / np.float32(1 - self.settings()["beta_1"]) for slot in slots]

    def hyperparameters(self) -> dict[str, float]:
        """The settings in force."""
        return self.settings()

    def state(self) -> tuple[PeerVariable, ...]:
        """Every variable of it."""
        return (self.iterations, *self.slots, *self.squares)


@dataclass(frozen=True, slots=True)
class PeerUntrained:
    """In the place of an optimizer where a model only answers: a count that stays 0, and `weights` without change."""

    weights: int
    iterations: PeerVariable = field(
        default_factory=lambda: PeerVariable("iterations", (), lambda: np.int64(0), lambda _: None)
    )
    slots: tuple[PeerVariable, ...] = ()
    squares: tuple[PeerVariable, ...] = ()
    by_change: bool = True

    def first_gradients(self, _: Sequence[Any]) -> list[Any]:
        """None has any."""
        return [np.zeros(1)] * self.weights

    def hyperparameters(self) -> dict[str, float]:
        """None are in force."""
        return {}

    def state(self) -> tuple[PeerVariable, ...]:
        """Every variable of it."""
        return (self.iterations,)


@dataclass(frozen=True, slots=True)
class PeerInputs:
    """Batches that lie on the device and repeat after `period` steps."""

    period: int
    repeats: float = math.inf


@dataclass(frozen=True, slots=True)
class PeerTask:
    """What the evidence needs to know of the training, or of a model that only answers.

    `others` are variables that must stay as they are.
    """

    weights: tuple[PeerVariable, ...]
    averages: tuple[PeerVariable, ...]
    optimizer: PeerAdam | PeerUntrained
    inputs: PeerInputs
    random_layers: tuple[str, ...] | None = None
    others: tuple[PeerVariable, ...] = ()
    computes_in: str = ""

    def state(self) -> tuple[PeerVariable, ...]:
        """Every variable that changes while training, the weights first."""
        return (*self.weights, *self.averages, *self.others, *self.optimizer.state())
