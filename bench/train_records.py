"""The records of a training to an accuracy, as they stand on the disk. Those of a timed run: records.py."""

from dataclasses import dataclass

from bench.records import Environment
from cifar_core.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Training:
    """A training to an accuracy: what it sets out to do. `data` is the option as typed."""

    format: int
    created: str
    mode: str
    model: str
    recipe: Recipe
    training_steps: int
    display_step: int
    data: str
    data_name: str
    data_title: str
    synthetic: bool
    environment: Environment


@dataclass(frozen=True, slots=True)
class Point:
    """A training at a displayed step. `seconds` of training so far, evaluation left out, the first call included."""

    step: int
    loss: float
    accuracy: float
    step_s: float
    seconds: float
    test_loss: float
    test_accuracy: float


@dataclass(frozen=True, slots=True)
class Progress:
    """What has become of a training: `start_s` for opening it (again after each resumption), then its points."""

    format: int
    start_s: float
    points: tuple[Point, ...]
