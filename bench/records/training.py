"""The records of trainings to an accuracy, as they stand on the disk."""

from dataclasses import dataclass, replace

from bench.records.environment import Environment
from cifar_core.cifar10 import Source
from cifar_core.recipe import Recipe


@dataclass(frozen=True, slots=True)
class Training:
    """A training to an accuracy: what it sets out to do. `data` is the option as typed.

    `machine`: the name of the other machine that it was shipped to; '' for one that was trained where it was asked for.
    """

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
    machine: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    """A training at a displayed step.

    `seconds` of training so far, evaluation left out; `first_call_s` of them were first steps (one for each time it
    was begun or resumed), `waited_s` were spent waiting for the input pipeline's next batch. `joules`: what the GPU has
    used for training so far, evaluation left out; None where it does not count them.
    """

    step: int
    loss: float
    accuracy: float
    step_s: float
    seconds: float
    first_call_s: float
    waited_s: float
    test_loss: float
    test_accuracy: float
    joules: float | None = None


@dataclass(frozen=True, slots=True)
class TrainingProgress:
    """What has become of a training: `start_s` for its setup (again after each resumption), then its points."""

    format: int
    start_s: float
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """Why a training did not reach its end, and the end of what its process wrote to stderr.

    Where `applies` is False, the mode cannot hold such a training, and nothing went wrong.
    """

    format: int
    message: str
    stderr_tail: str
    applies: bool = True


@dataclass(frozen=True, slots=True)
class TrainingFiles:
    """All that is kept of one training, the checkpoint left out. `broken`: why it ended early, if it did."""

    training: Training
    progress: TrainingProgress
    broken: Broken | None = None

    @property
    def ended(self) -> bool:
        """Whether it has reached its last step, or broke off."""
        points = self.progress.points
        return self.broken is not None or bool(points and points[-1].step >= self.training.training_steps)


@dataclass(frozen=True, slots=True)
class AccuracyPlan:
    """The same training in several modes from several seeds; `training` is that of the first mode and seed.

    `target` and `margin` are shares of the test images (0..1).
    """

    format: int
    training: Training
    modes: tuple[str, ...]
    seeds: tuple[int, ...]
    target: float
    margin: float

    def of(self, mode: str, seed: int) -> Training:
        """One of its trainings."""
        return replace(self.training, mode=mode, recipe=replace(self.training.recipe, seed=seed))

    def holds(self, training: Training) -> bool:
        """Whether this is one of its trainings; one that was shipped has another machine's environment."""
        planned = self.of(training.mode, training.recipe.seed)
        if training.machine:
            planned = replace(planned, environment=training.environment, machine=training.machine)
        return training == planned


@dataclass(frozen=True, slots=True)
class TrainOrder:
    """Parent to child, once: the folder of the training, and where the images are on this machine.

    `events`: the folder for TensorBoard's event files, where they are to be written.
    """

    folder: str
    source: Source
    events: str = ""


@dataclass(frozen=True, slots=True)
class TrainReply:
    """Child to parent: what it is loading (`said`), that it has loaded (empty), then `point` by point, then `done`."""

    said: str = ""
    point: Point | None = None
    done: bool = False
    failure: str = ""
    applies: bool = True
