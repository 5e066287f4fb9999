"""The report of an accuracy folder: its files, and the trainings that went wrong."""

import csv
from dataclasses import replace
from pathlib import Path

import pytest
from builders import a_point, a_training, an_accuracy_plan
from trainings import kept_trainings

from bench.errors import BenchError
from bench.records.files import write
from bench.records.folders import create_accuracy, create_training, open_training, training_folder
from bench.records.run import FORMAT
from bench.records.training import TrainingProgress
from bench.report import accuracy as report

PLAN = an_accuracy_plan(("eager", "graph"), seeds=2)


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_the_same_files_give_the_same_report(tmp_path: Path) -> None:
    kept_trainings(tmp_path / "a", PLAN)
    report.build(tmp_path / "a")
    first = files_of(tmp_path / "a")
    report.build(tmp_path / "a")
    assert files_of(tmp_path / "a") == first


def test_every_number_is_in_a_table_and_the_curves_are_drawn(tmp_path: Path) -> None:
    kept_trainings(tmp_path / "a", PLAN)
    path, _ = report.build(tmp_path / "a")
    assert path == tmp_path / "a" / "report.md"
    assert files_of(tmp_path / "a").keys() >= {
        "report.md", "report.html", "plots/accuracies.svg", "plots/learning.svg", "tables/learning.csv",
        "tables/to_target.csv", "tables/trainings.csv", "tables/conditions.csv",
    }  # fmt: skip
    assert "| seeds | 2, from 0 on |" in path.read_text()


def test_trainings_that_went_wrong_are_listed(tmp_path: Path) -> None:
    kept_trainings(tmp_path / "a", PLAN, {"graph-s1": "nan"})
    assert "Trainings that went wrong" in report.build(tmp_path / "a")[0].read_text()


def test_trainings_of_a_single_step_have_no_speed_and_a_report(tmp_path: Path) -> None:
    """Their first call is all the time that they took."""
    of_one = replace(a_training(), training_steps=1, display_step=1)
    plan = replace(an_accuracy_plan(("eager", "xla"), 2), training=of_one, target=0.2)
    create_accuracy(tmp_path / "a", plan)
    for mode in plan.modes:
        for seed in plan.seeds:
            folder = training_folder(tmp_path / "a", mode, seed)
            create_training(folder, plan.of(mode, seed))
            write(folder / "points.json", TrainingProgress(FORMAT, 0.5, (a_point(1, seconds=1.0, first_call_s=1.0),)))
    text = report.build(tmp_path / "a")[0].read_text()
    assert "XLA" in text


def shipped(folder: Path) -> Path:
    """Two seeds, one on machine a, one on b, where everything takes ten times as long."""
    kept_trainings(folder, PLAN)
    for number, machine in enumerate(("a", "b")):
        for mode in PLAN.modes:
            place = training_folder(folder, mode, number)
            training, progress = open_training(place)
            there = replace(training.environment, cpu=f"CPU {machine}")
            write(place / "training.json", replace(training, machine=machine, environment=there))
            slower = 10.0 if machine == "b" else 1.0
            points = tuple(
                replace(
                    point,
                    **{
                        name: slower * getattr(point, name)
                        for name in ("step_s", "seconds", "first_call_s", "waited_s")
                    },
                )
                for point in progress.points
            )
            write(place / "points.json", replace(progress, points=points))
    return folder


def test_times_of_two_machines_stand_apart_and_accuracies_together(tmp_path: Path) -> None:
    path, found = report.build(shipped(tmp_path / "a"))
    assert found.machines == ("a", "b")
    with (tmp_path / "a" / "tables" / "learning.csv").open() as stream:
        pooled = list(csv.DictReader(stream))
    assert [(row["seeds"], row["step_s"], row["waited"], row["speed"]) for row in pooled] == [("2", "", "", "")] * 2
    with (tmp_path / "a" / "tables" / "times.csv").open() as stream:
        times = {(row["mode"], row["machine"]): float(row["step_s"]) for row in csv.DictReader(stream)}
    assert len(times) == 4
    for mode in PLAN.modes:
        assert times[mode, "b"] == pytest.approx(10 * times[mode, "a"])
    with (tmp_path / "a" / "tables" / "to_target.csv").open() as stream:
        assert sorted({row["machine"] for row in csv.DictReader(stream)}) == ["a", "b"]
    assert not (tmp_path / "a" / "plots" / "seconds.svg").exists()
    text = path.read_text()
    assert "On a: time to" in text
    assert "| on b | seed 1; CPU b, 2 cores" in text
    assert "2 machines" in text.splitlines()[0]


def test_a_training_of_another_plan_is_damage_though_it_was_shipped(tmp_path: Path) -> None:
    place = training_folder(shipped(tmp_path / "a"), "eager", 0)
    training, _ = open_training(place)
    write(place / "training.json", replace(training, display_step=50))
    with pytest.raises(BenchError, match=r"accuracy\.json does not name this training"):
        report.build(tmp_path / "a")
    write(place / "training.json", replace(training, machine="../x"))
    with pytest.raises(BenchError, match="is not a machine's name"):
        report.build(tmp_path / "a")
    write(place / "training.json", replace(training, machine=""))  # then its environment must be this plan's
    with pytest.raises(BenchError, match=r"accuracy\.json does not name this training"):
        report.build(tmp_path / "a")
