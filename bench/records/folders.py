"""The folders beside a run's: a training's, an accuracy run's, a selftest's; and what else may lie in a run's.

training.json, points.json               `train`: what it sets out to do, every displayed step so far
accuracy.json, trainings/<mode>-s<seed>  `accuracy`: what it sets out to do, and its trainings, each as above
trainings.jsonl.gz                       the same trainings, a line each, in place of their folders (packing.py)
selftest.json, runs/<number>             `selftest`: what was tested, and its ordinary runs
fleet.json, machines/<name>              `run --each-machine`: the plan, and each machine's ordinary run
trials.json                              in a run's folder: the break-evens tried so far
probes.json                              in a run's folder: its own models, probed
tensorboard/                             in a training's folder: TensorBoard's event files, if they are asked for;
                                         in that of an `accuracy` a folder a training
traces/<mode>.<group>                    in a run's folder: its traces, for TensorBoard as they lie there
"""

from os.path import lexists
from pathlib import Path
from typing import TypeVar

from bench.errors import BenchError
from bench.records import lines
from bench.records.breakeven import TriedBreakEvens
from bench.records.files import new_folder, read, write
from bench.records.fleet import FLEET, FleetPlan
from bench.records.folder_validation import fault_of
from bench.records.kinds import not_the_kind
from bench.records.probes import Probes
from bench.records.run import FORMAT
from bench.records.selftest import SelfTest
from bench.records.store import Store
from bench.records.training import AccuracyPlan, Broken, Training, TrainingFiles, TrainingProgress

Record = TypeVar("Record")
TRAININGS = "trainings.jsonl.gz"
PROBES = "probes.json"
TRACES = "traces"
EVENTS = "tensorboard"


def create_training(folder: Path, training: Training) -> None:
    """A new training's folder. Raises BenchError where there is something, or it cannot be written."""
    with new_folder(folder, f"type --resume {folder} to go on, or another --out"):
        write(folder / "training.json", training)
        write(folder / "points.json", TrainingProgress(FORMAT, 0.0, ()))


def open_training(folder: Path) -> tuple[Training, TrainingProgress]:
    """A training that is there, and its state. Raises BenchError."""
    if not lexists(folder / "training.json"):
        raise not_the_kind(folder, "training.json")
    return _sound(folder / "training.json", Training), _sound(folder / "points.json", TrainingProgress)


def ask_for_events(folder: Path) -> None:
    """From now on the trainings in this folder write TensorBoard's event files."""
    (folder / EVENTS).mkdir(exist_ok=True)


def event_folder(folder: Path, training: str = "") -> str:
    """Where a training of this folder writes its event files; '' where nobody has asked for them."""
    return str((folder / EVENTS / training).absolute()) if (folder / EVENTS).is_dir() else ""


def create_accuracy(folder: Path, plan: AccuracyPlan) -> None:
    """A new folder for trainings. Raises BenchError where there is something, or it cannot be written."""
    with new_folder(folder, f"type --resume {folder} to go on, or another --out"):
        (folder / "trainings").mkdir()
        write(folder / "accuracy.json", plan)


def open_accuracy(folder: Path) -> AccuracyPlan:
    """What an accuracy run set out to do. Raises BenchError where the folder holds none."""
    if not lexists(folder / "accuracy.json"):
        raise not_the_kind(folder, "accuracy.json")
    return _sound(folder / "accuracy.json", AccuracyPlan)


def training_folder(folder: Path, mode: str, seed: int) -> Path:
    """Where one of the trainings of an accuracy run is kept."""
    return folder / "trainings" / f"{mode}-s{seed}"


def read_trainings(folder: Path, plan: AccuracyPlan) -> dict[tuple[str, int], TrainingFiles]:
    """The trainings of an accuracy run that have begun, by mode and seed, in the plan's order. Raises BenchError."""
    packed = lines.read(folder / TRAININGS, TrainingFiles) if lexists(folder / TRAININGS) else ()
    trainings = {_key(each): _planned(each, plan, str(place)) for place, each in packed}
    places = {(mode, seed): training_folder(folder, mode, seed) for mode in plan.modes for seed in plan.seeds}
    unpacked = {key: _training(place, plan, key) for key, place in places.items() if lexists(place / "points.json")}
    every = {**trainings, **unpacked}
    return {key: every[key] for key in places if key in every}


def _training(folder: Path, plan: AccuracyPlan, key: tuple[str, int]) -> TrainingFiles:
    training, progress = open_training(folder)
    broken = _sound(folder / "broken.json", Broken) if lexists(folder / "broken.json") else None
    files = _planned(TrainingFiles(training, progress, broken), plan, str(folder))
    if _key(files) != key:
        raise BenchError(f"{folder} is broken (it holds the training of {training.mode}); restore it from a copy")
    return files


def _key(files: TrainingFiles) -> tuple[str, int]:
    return files.training.mode, files.training.recipe.seed


def _planned(files: TrainingFiles, plan: AccuracyPlan, place: str) -> TrainingFiles:
    """The training, if it is sound and one of the plan's. Raises BenchError."""
    fault = fault_of(files)
    if not fault and not plan.holds(files.training):
        fault = "accuracy.json does not name this training"
    if fault:
        raise BenchError(f"{place} is broken ({fault}); restore it from a copy")
    return files


def open_selftest(folder: Path) -> tuple[SelfTest, list[Store]]:
    """A selftest that is there, with its runs as far as they got. Raises BenchError."""
    if not lexists(folder / "selftest.json"):
        raise not_the_kind(folder, "selftest.json")
    stores = [Store.open(file.parent) for file in sorted(folder.glob("runs/*/plan.json"))]
    return _sound(folder / "selftest.json", SelfTest), stores


def create_fleet(folder: Path, plan: FleetPlan) -> None:
    """A new folder for the runs of several machines. Raises BenchError where there is something, or for no plan."""
    if fault := fault_of(plan):
        raise BenchError(f"such runs cannot be kept: {fault}; see `cifar-bench run --help` for what options take")
    with new_folder(folder, f"type --resume {folder} to go on, or another --out"):
        write(folder / FLEET, plan)


def open_fleet(folder: Path) -> FleetPlan:
    """What the runs of several machines set out to do. Raises BenchError where the folder holds none."""
    if not lexists(folder / FLEET):
        raise not_the_kind(folder, FLEET)
    return _sound(folder / FLEET, FleetPlan)


def read_break_evens(folder: Path) -> TriedBreakEvens:
    """What has been tried of a run so far. Raises BenchError for a broken file."""
    file = folder / "trials.json"
    return _sound(file, TriedBreakEvens) if lexists(file) else TriedBreakEvens(FORMAT)


def read_probes(folder: Path) -> Probes:
    """What was probed of a run. Raises BenchError for a broken file."""
    file = folder / PROBES
    return _sound(file, Probes) if lexists(file) else Probes(FORMAT)


def _sound(file: Path, kind: type[Record]) -> Record:
    """The record that a file holds. Raises BenchError also where it cannot be used."""
    record = read(file, kind)
    if fault := fault_of(record):
        raise BenchError(f"{file} is broken ({fault}); restore it from a copy")
    return record
