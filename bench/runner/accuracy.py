"""The same training in several modes from several seeds: each seed is a block, its modes interleaved.

accuracy.json                    what it sets out to do
trainings/<mode>-s<seed>/        one training each, as `cifar-bench train` keeps it

Interleaving them, one displayed step at a time, lets a noisy machine slow all modes alike.
"""

import random
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import TypeVar

from bench.errors import BenchError
from bench.records.arrivals import settle
from bench.records.folders import (
    TRAININGS,
    create_training,
    event_folder,
    open_accuracy,
    open_training,
    training_folder,
)
from bench.records.lock import Lock
from bench.records.run import FORMAT
from bench.records.training import AccuracyPlan, Training
from bench.runner.plan import choose_modes
from bench.runner.run import NO_TURN, Progress
from bench.runner.train import TRAINER, TrainingFailed, TrainingProcess
from cifar_core.cifar10 import Source

Result = TypeVar("Result")


def plan(modes: str, seeds: int, target: float, margin: float, training: Training) -> AccuracyPlan:
    """The trainings these options ask for, all like `training`. Raises BenchError for what makes no sense."""
    names = choose_modes(modes)
    if seeds < 1:
        raise BenchError(f"{seeds} seeds make no distribution; type e.g. --seeds 5")
    if not (0 < target < 1 and 0 < margin < 1):
        raise BenchError("--target and --margin are shares between 0 and 1; type e.g. --target 0.7207 --margin 0.01")
    first = training.recipe.seed
    return AccuracyPlan(FORMAT, training, tuple(names), tuple(range(first, first + seeds)), target, margin)


def execute(
    folder: Path,
    source: Source,
    progress: Progress,
    command: Sequence[str] = TRAINER,
    turn: AbstractContextManager[object] = NO_TURN,
) -> None:
    """Train what has not reached its end yet. What fails is kept with its training; the others go on.

    `turn`: entered for each seed, see run.execute.

    Raises BenchError where another process trains in this folder, or it is packed.
    """
    plan = open_accuracy(folder)
    if (folder / TRAININGS).exists():
        raise BenchError(f"{folder} is packed, to be read only; give a new --out")
    with Lock(folder):
        settle(folder)  # what came back from other machines
        left = {seed: modes for seed in plan.seeds if (modes := _unfinished(folder, plan, seed))}
        _refuse_shipped(folder, plan, left)
        for number, (seed, modes) in enumerate(left.items()):
            progress.start(len(left) - number)
            start = partial(TrainingProcess, source=source, command=command)
            with turn:
                _train_seed(folder, plan, seed, modes, start, progress)
            progress.block_done()


def _train_seed(
    folder: Path,
    plan: AccuracyPlan,
    seed: int,
    modes: Sequence[str],
    start: Callable[..., TrainingProcess],
    progress: Progress,
) -> None:
    for mode in modes:
        if not training_folder(folder, mode, seed).exists():
            create_training(training_folder(folder, mode, seed), plan.of(mode, seed))
    places = {mode: training_folder(folder, mode, seed) for mode in modes}
    processes = {mode: start(place, events=event_folder(folder, place.name)) for mode, place in places.items()}
    _interleave(processes, random.Random(seed), plan.training.training_steps, progress.notice)


def _unfinished(folder: Path, plan: AccuracyPlan, seed: int) -> list[str]:
    return [mode for mode in plan.modes if not _finished(training_folder(folder, mode, seed))]


def _refuse_shipped(folder: Path, plan: AccuracyPlan, seeds: Iterable[int]) -> None:
    """Raises BenchError for a seed that began on another machine: its modes are compared, so they belong on one."""
    for seed in seeds:
        begun = [place for mode in plan.modes if (place := training_folder(folder, mode, seed)).exists()]
        if machine := next((name for place in begun if (name := open_training(place)[0].machine)), ""):
            raise BenchError(f"seed {seed} was trained on {machine}; go on with: --resume {folder} --on ADDRESS")


def _finished(folder: Path) -> bool:
    if not (folder / "points.json").exists():
        return False
    training, progress = open_training(folder)
    return bool(progress.points) and progress.points[-1].step >= training.training_steps


def _interleave(
    processes: dict[str, TrainingProcess], rng: random.Random, steps: int, notice: Callable[[str, float], None]
) -> None:
    """Train one seed in all its modes, in an order that is drawn anew for every round."""
    reached = dict.fromkeys(processes, 0)
    notice("loading TensorFlow", 0.0)
    try:
        going = [mode for mode, process in processes.items() if _unless_failed(process.load)]
        while going:
            for mode in rng.sample(going, len(going)):
                notice(f"{mode} from step {reached[mode]:,}", sum(reached.values()) / steps / len(processes))
                if point := _unless_failed(processes[mode].advance):
                    reached[mode] = point.step
                else:
                    going.remove(mode)
                    processes[mode].end()
    finally:
        for process in processes.values():
            process.end()


def _unless_failed(work: Callable[[], Result]) -> Result | None:
    """What the work gives; None where the training failed, which its folder tells."""
    try:
        return work()
    except TrainingFailed:
        return None
