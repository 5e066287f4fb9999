"""The index of a history is made from the run folders, follows them, and can be lost."""

import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from builders import ENVIRONMENT
from kept_runs import PLAN, STEPS, a_run

from bench.analysis.history import FoundStep, findings
from bench.errors import BenchError
from bench.records.history_index import INDEX, open_index
from bench.report import history_update
from bench.report.history import build
from bench.report.history_read import History, read_history
from bench.report.history_steps import sentences, steps_table, trends_table


def read(folder: Path, rebuild: bool = False) -> History:
    with open_index(folder, rebuild) as index:
        history_update.update(folder, index, print)
        return read_history(index)


def rows(folder: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(folder / INDEX)) as connection:
        wanted = "SELECT path, arm, block, block.step_s, block.speedup FROM block JOIN result ON result.id = result "
        wanted += "JOIN run ON run.id = run JOIN series ON series.id = series ORDER BY path, arm, block"
        return connection.execute(wanted).fetchall()


def test_a_row_is_a_case_and_block_with_its_speedup(tmp_path: Path) -> None:
    a_run(tmp_path / "a", blocks=2)
    read(tmp_path)
    found = rows(tmp_path)
    assert [row[:3] for row in found] == [("a", arm, block) for arm in ("eager", "function", "xla") for block in (0, 1)]
    assert all((speedup is None) == (arm == "eager") for _, arm, _, _, speedup in found)
    assert found[2][4] == pytest.approx(2.0, rel=0.01)


def test_only_what_changed_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in "abc":
        a_run(tmp_path / name, blocks=2)
    before, asked = read(tmp_path), []
    reading = history_update.read_run
    monkeypatch.setattr(history_update, "read_run", lambda folder: asked.append(folder.name) or reading(folder))
    assert read(tmp_path) == before
    assert asked == []
    os.utime(tmp_path / "b" / "measurements.jsonl", ns=(1, 1))
    shutil.rmtree(tmp_path / "c")
    a_run(tmp_path / "d", blocks=2)
    assert [run.path for run in read(tmp_path).runs.values()] == ["a", "b", "d"]
    assert asked == ["b", "d"]
    assert {row[0] for row in rows(tmp_path)} == {"a", "b", "d"}


def test_an_index_that_is_damaged_older_or_not_wanted_is_made_anew(tmp_path: Path) -> None:
    a_run(tmp_path / "a", blocks=2)
    before, kept = read(tmp_path), rows(tmp_path)
    (tmp_path / INDEX).write_bytes(b"no database" * 99)
    assert read(tmp_path) == before
    with closing(sqlite3.connect(tmp_path / INDEX)) as connection:
        connection.executescript("PRAGMA user_version = 0; DROP TABLE run")
    assert read(tmp_path) == before
    assert read(tmp_path, rebuild=True) == before
    assert rows(tmp_path) == kept


def test_what_is_no_file_in_its_place_is_one_line(tmp_path: Path) -> None:
    a_run(tmp_path / "a", blocks=1)
    os.mkfifo(tmp_path / INDEX)
    with pytest.raises(BenchError, match=r"cannot write .*history\.sqlite: it is a FIFO"):
        read(tmp_path)


def test_folders_whose_names_are_not_utf_8_or_act_are_runs_too(tmp_path: Path) -> None:
    for name in (b"not-\xff-utf8", b"line\nbreak", b"a'b"):
        a_run(tmp_path / os.fsdecode(name), blocks=1)
        (tmp_path / os.fsdecode(b"broken-" + name)).mkdir()
        (tmp_path / os.fsdecode(b"broken-" + name) / "plan.json").write_text("{")
    first = read(tmp_path)
    assert (len(first.runs), len(first.broken)) == (3, 3)
    assert all("\n" not in shown.run.name for shown in first.runs.values())
    assert read(tmp_path) == first
    assert build(tmp_path, first).is_file()


@pytest.fixture(scope="module")
def stepped(tmp_path_factory: pytest.TempPathFactory) -> History:
    """Fourteen runs, a day each; from the ninth on with another TensorFlow, in which function is 20 % slower."""
    folder = tmp_path_factory.mktemp("stepped")
    for day in range(14):
        later = day >= 8
        plan = replace(PLAN, created=f"2026-01-{day + 1:02}T00:00:00+00:00")
        steps = STEPS | {"function": 0.025 * (1.2 if later else 1.0) * (1 + 0.002 * (day % 3))}
        there = replace(ENVIRONMENT, tensorflow="2.22.0" if later else "2.21.0")
        a_run(folder / f"day{day + 1:02}", steps, blocks=2, plan=plan, environment=there)
    return read(folder)


def test_a_step_names_its_run_its_size_and_what_changed_there(stepped: History) -> None:
    found = {row["what"]: row for row in steps_table(stepped).rows}
    assert set(found) == {"speedup", "step time"}
    for row in found.values():
        assert (row["run"], row["number"], row["title"]) == ("day09", 9, "tf.function")
        assert str(row["change"]).startswith("20.")
        assert " % slower [" in str(row["change"])
        assert row["place"] == "after day08, at day09 at the latest"
        assert row["differences"] == "tensorflow 2.21.0 → 2.22.0"
    assert any(text.startswith("**step at day09** (2026-01-09): tf.function") for text in sentences(stepped))


def test_trends_are_of_the_runs_since_the_step(stepped: History) -> None:
    since = {(row["title"], row["what"]): (row["runs"], row["since"]) for row in trends_table(stepped).rows}
    assert since["tf.function", "speedup"] == (14, 6)
    assert since["XLA", "speedup"] == (14, 14)


def test_a_drift_that_may_be_none_is_not_printed_as_one(tmp_path: Path) -> None:
    for day in range(14):
        slower = {"function": 0.025 * (1 + 0.002 * (day % 3)), "xla": 0.02 * 1.001**day * (1 + 0.0001 * (day % 3))}
        plan = replace(PLAN, created=f"2026-01-{day + 1:02}T00:00:00+00:00")
        a_run(tmp_path / f"day{day + 1:02}", STEPS | slower, blocks=2, plan=plan)
    drifts = {(row["title"], row["what"]): str(row["drift"]) for row in trends_table(read(tmp_path)).rows}
    assert drifts["tf.function", "step time"].startswith("not shown (")
    assert " % slower [" in drifts["XLA", "step time"]
    assert not drifts["XLA", "step time"].startswith("not")


def test_runs_of_other_machines_are_series_of_their_own(tmp_path: Path) -> None:
    for number in range(8):
        there = replace(ENVIRONMENT, cpu="a CPU" if number < 4 else "another CPU")
        a_run(tmp_path / f"{number}", STEPS | {"function": 0.02 if number < 4 else 0.03}, 2, environment=there)
    history = read(tmp_path)
    assert {each.finding.runs for each in history.found} == {4}
    assert [step for each in history.found for step in each.finding.steps] == list[FoundStep]()


def test_findings_go_with_their_series(tmp_path: Path) -> None:
    for name in "ab":
        a_run(tmp_path / name, blocks=2)
    assert read(tmp_path).found
    shutil.rmtree(tmp_path / "b")
    read(tmp_path)
    with open_index(tmp_path) as index:
        assert findings(index) == []
