"""The report of an accuracy folder: its files, and the trainings that went wrong."""

from dataclasses import replace
from pathlib import Path

from builders import a_point, a_training, an_accuracy_plan
from trainings import kept_trainings

from bench.records.files import write
from bench.records.folders import create_accuracy, create_training, training_folder
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
