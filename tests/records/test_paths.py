"""Nothing is written outside a folder, whatever names its records hold and whatever links lie in it."""

import contextlib
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from builders import a_measurement, a_plan, an_accuracy_plan
from kept_runs import a_run

from bench.errors import BenchError
from bench.records.files import write
from bench.records.folders import open_accuracy, open_training
from bench.records.lock import Lock
from bench.records.packing import pack
from bench.records.paths import inside
from bench.records.run import FORMAT, Outcome
from bench.records.store import Store
from bench.records.training import TrainingProgress
from bench.report.run import build

UP = ("../../up", "/etc/passwd", "..", "a/b", "a\\b", "", "x\x00y", "é", "x" * 10 + "\n")


def test_a_path_lies_in_its_folder_once_links_are_followed(tmp_path: Path) -> None:
    (tmp_path / "run" / "tables").mkdir(parents=True)
    (tmp_path / "run" / "plots").symlink_to(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "run")
    for path in ("run", "run/tables/new.csv", "run/tables/../x"):
        assert inside(tmp_path / "run", tmp_path / path) == tmp_path / path
    assert inside(tmp_path / "link", tmp_path / "link" / "x") == tmp_path / "link" / "x"
    for path in ("run/plots", "run/plots/x.png", "run/../x", "running"):
        with pytest.raises(BenchError, match=r"leads out of .*remove that link"):
            inside(tmp_path / "run", tmp_path / path)


@pytest.mark.parametrize("name", UP)
@pytest.mark.parametrize("field", ["model", "data", "precision", "input"])
def test_a_name_in_a_plan_is_no_path(field: str, name: str, tmp_path: Path) -> None:
    folder = a_run(tmp_path / "deep" / "down" / "run")
    plan = msgspec.json.decode((folder / "plan.json").read_bytes())
    plan.pop("crc")
    for case in plan["cases"]:
        case["workload"][field] = name
    (folder / "plan.json").write_bytes(msgspec.json.encode(plan))
    (folder / "measurements.jsonl").write_bytes(b"")
    with contextlib.suppress(BenchError):
        build(Store.open(folder))
    assert [file for file in tmp_path.rglob("*") if file.is_file() and folder not in file.parents] == []


@pytest.mark.parametrize("name", UP)
def test_a_mode_in_the_files_of_an_accuracy_is_no_path(name: str, tmp_path: Path) -> None:
    plan = an_accuracy_plan()
    raw = msgspec.json.decode(msgspec.json.encode(plan))
    raw["modes"][1] = name
    (tmp_path / "accuracy.json").write_bytes(msgspec.json.encode(raw))
    with pytest.raises(BenchError, match=r"accuracy\.json is broken \(.* is not a mode"):
        open_accuracy(tmp_path)
    write(tmp_path / "points.json", TrainingProgress(FORMAT, 0.0, ()))
    raw = msgspec.json.decode(msgspec.json.encode(plan.training))
    raw["mode"] = name
    (tmp_path / "training.json").write_bytes(msgspec.json.encode(raw))
    with pytest.raises(BenchError, match=r"training\.json is broken \(.* is not a mode"):
        open_training(tmp_path)


def linked_tables(folder: Path, elsewhere: Path) -> None:
    (folder / "tables").symlink_to(elsewhere)


def linked_plots(folder: Path, elsewhere: Path) -> None:
    (folder / "plots").symlink_to(elsewhere)


@pytest.mark.parametrize("link", [linked_tables, linked_plots])
def test_a_report_is_not_written_through_a_link(link: Callable[[Path, Path], None], tmp_path: Path) -> None:
    folder, elsewhere = a_run(tmp_path / "run"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("mine.csv", "mine.png"):
        (elsewhere / name).write_text("mine")
    link(folder, elsewhere)
    with pytest.raises(BenchError, match="leads out of"):
        build(Store.open(folder))
    assert {file.name for file in elsewhere.iterdir()} == {"mine.csv", "mine.png"}


def test_a_link_in_place_of_a_report_s_file_is_replaced_not_followed(tmp_path: Path) -> None:
    folder, mine = a_run(tmp_path / "run"), tmp_path / "mine"
    mine.write_text("mine")
    for name in ("report.md", "report.html", "benchmark.json"):
        (folder / name).symlink_to(mine)
    build(Store.open(folder))
    assert mine.read_text() == "mine"
    assert not (folder / "report.md").is_symlink()


@pytest.mark.parametrize("name", ["measurements.jsonl", "interrupted.jsonl"])
def test_an_outcome_is_not_appended_through_a_link(name: str, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("")
    with Store.create(tmp_path / "run", a_plan()) as store:
        (tmp_path / "run" / name).symlink_to(mine)
        with pytest.raises(BenchError, match="leads out of"):
            store.keep(Outcome(measurement=a_measurement()), interrupted=name == "interrupted.jsonl")
    assert mine.read_text() == ""


def test_a_lock_is_not_taken_through_a_link(tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.write_text("mine")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "lock").symlink_to(mine)
    with pytest.raises(BenchError, match="cannot write to"):
        Lock(tmp_path / "run")
    assert mine.read_text() == "mine"


def test_runs_of_a_selftest_elsewhere_are_not_packed(tmp_path: Path) -> None:
    elsewhere = a_run(tmp_path / "elsewhere")
    (tmp_path / "selftest" / "runs").mkdir(parents=True)
    (tmp_path / "selftest" / "runs" / "00").symlink_to(elsewhere)
    with pytest.raises(BenchError, match="leads out of"):
        pack(tmp_path / "selftest")
    assert (elsewhere / "measurements.jsonl").exists()


def test_a_draft_in_the_way_is_not_written_through(tmp_path: Path) -> None:
    folder, mine = a_run(tmp_path / "run"), tmp_path / "mine"
    mine.write_text("mine")
    (folder / "draft-measurements.jsonl.gz").symlink_to(mine)
    with pytest.raises(BenchError, match="leads out of"):
        pack(folder)
    assert mine.read_text() == "mine"
