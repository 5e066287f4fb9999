"""The trainings of `accuracy` on several machines: each seed goes to one of them, with all modes, interleaved."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench.errors import BenchError
from bench.records.arrivals import settle, take
from bench.records.folders import TRAININGS, open_accuracy, read_trainings, training_folder
from bench.records.lock import Lock
from bench.records.training import AccuracyPlan, TrainingFiles
from bench.runner.fleet.offer import code
from bench.runner.fleet.shipping import PATIENCE_S, Fleet, Unmeasured
from bench.runner.fleet.unit import Unit, UnitResult
from bench.runner.run import Progress


def needs(plan: AccuracyPlan) -> tuple[str, ...]:
    """What a machine must offer: accuracies of several TensorFlows, or of other images, are not one distribution."""
    training = plan.training
    return f"code={code()}", f"tensorflow={training.environment.tensorflow}", f"images={training.data_name}"


def execute(folder: Path, fleet: Fleet, progress: Progress, patience_s: float = PATIENCE_S) -> list[Unmeasured]:
    """Train the seeds that have not come to their end yet. Returns those that no machine trained.

    Raises BenchError where another process trains in this folder, it is packed, or nothing can be written.
    """
    plan = open_accuracy(folder)
    if (folder / TRAININGS).exists():
        raise BenchError(f"{folder} is packed, to be read only; give a new --out")
    with Lock(folder):
        settle(folder)
        units = {_unit(plan, seed): seed for seed in _left(folder, plan)}

        def keep(unit: Unit, result: UnitResult) -> None:
            _refuse_part(plan, units[unit], result)
            take(folder, f"s{units[unit]}", result.files)

        return fleet.measure(list(units), keep, progress, patience_s) if units else []


def _unit(plan: AccuracyPlan, seed: int) -> Unit:
    return Unit(f"seed {seed}", replace(plan, seeds=(seed,)), needs(plan))


def _left(folder: Path, plan: AccuracyPlan) -> Iterator[int]:
    """A seed is whole or trained again: its modes are compared, so they belong on one machine."""
    trainings = read_trainings(folder, plan)
    for seed in plan.seeds:
        found = [trainings.get((mode, seed)) for mode in plan.modes]
        machines = {files.training.machine for files in found if files}
        if not all(files and _is_done(files) for files in found) or len(machines) > 1:
            yield seed


def _is_done(files: TrainingFiles) -> bool:
    """Trained to its end, or by its nature not to be trained."""
    return files.ended and (files.broken is None or not files.broken.applies)


def _refuse_part(plan: AccuracyPlan, seed: int, result: UnitResult) -> None:
    """Raises BenchError where anything of the seed is missing, or belongs to another."""
    places = {training_folder(Path(), mode, seed).as_posix() for mode in plan.modes}
    sent = {path.rpartition("/")[0] for path in result.files}
    if sent != places:
        raise BenchError(
            f"{result.machine} sent {sorted(sent)} for seed {seed}, not {sorted(places)}; nothing was kept"
        )
