"""The report of an accuracy folder: its files, and the trainings that went wrong."""

from pathlib import Path

from builders import an_accuracy_plan
from trainings import kept_trainings

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
    path = report.build(tmp_path / "a")
    assert path == tmp_path / "a" / "report.md"
    assert files_of(tmp_path / "a").keys() >= {
        "report.md", "report.html", "plots/accuracies.png", "plots/learning.png", "tables/learning.csv",
        "tables/to_target.csv", "tables/trainings.csv", "tables/conditions.csv",
    }  # fmt: skip
    assert "| seeds | 2, from 0 on |" in path.read_text()


def test_trainings_that_went_wrong_are_listed(tmp_path: Path) -> None:
    kept_trainings(tmp_path / "a", PLAN, {"graph-s1": "nan"})
    assert "Trainings that went wrong" in report.build(tmp_path / "a").read_text()
