"""Trainings of an accuracy folder as records, made without training anything.

Of three seeds each reaches 0.2 points more than the one before, XLA's as much less, so modes differ by known amounts.
"""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from builders import a_point

from bench.analysis.learning import Learning, read_learning
from bench.records.files import write
from bench.records.folders import create_accuracy, create_training, training_folder
from bench.records.run import FORMAT
from bench.records.training import AccuracyPlan, Broken, Point, Training, TrainingProgress

ACCURACY = {"eager": 0.73, "graph": 0.73, "function": 0.732, "xla": 0.728}
STEP_S = {"eager": 0.05, "graph": 0.03, "function": 0.025, "xla": 0.06}
START_S = 0.5
NAN = "the loss became nan on the way to step 200"


def next_point(training: Training, steps_so_far: int, learns: bool = True) -> Point:
    """The displayed step that follows; accuracy rises from chance in a straight line."""
    step = steps_so_far + training.display_step
    by_seed = 0.002 * (training.recipe.seed % 3) * (-1 if training.mode == "xla" else 1)
    final = ACCURACY[training.mode] + by_seed if learns else 0.1
    return a_point(step, STEP_S[training.mode], 0.1 + (final - 0.1) * step / training.training_steps)


def kept_trainings(folder: Path, plan: AccuracyPlan, faults: Mapping[str, str] | None = None) -> Learning:
    """Write every training of the plan into a new folder. `faults` by mode and seed: 'nan' breaks off, 'flat' learns
    nothing, 'refuse' is NOT APPLICABLE."""
    create_accuracy(folder, plan)
    for mode in plan.modes:
        for seed in plan.seeds:
            fault = (faults or {}).get(f"{mode}-s{seed}", "")
            _keep(training_folder(folder, mode, seed), plan.of(mode, seed), fault)
    return read_learning(folder)


def _keep(folder: Path, training: Training, fault: str) -> None:
    create_training(folder, training)
    displayed = range(0, training.training_steps, training.display_step)
    points = tuple(next_point(training, steps, learns=fault != "flat") for steps in displayed)
    progress = TrainingProgress(FORMAT, START_S, points)
    if fault == "nan":
        progress = replace(progress, points=points[:1])
        write(folder / "broken.json", Broken(FORMAT, NAN, ""))
    if fault == "refuse":
        progress = replace(progress, points=())
        write(folder / "broken.json", Broken(FORMAT, "the mode trains no recipe", "", applies=False))
    write(folder / "points.json", progress)
