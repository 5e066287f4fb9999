"""The history of a folder: every case of every run."""

from pathlib import Path

from kept_runs import a_run

from bench.records.history_index import open_index
from bench.report.history import build, table
from bench.report.history_read import History, read_history
from bench.report.history_update import update


def history_of(folder: Path, latest: int = 100) -> History:
    with open_index(folder) as index:
        update(folder, index, print)
        return read_history(index, latest)


def test_the_history_shows_every_case_of_every_run(tmp_path: Path) -> None:
    a_run(tmp_path / "a")
    a_run(tmp_path / "b", blocks=1)
    rows = table(history_of(tmp_path)).rows
    assert [(row["run"], row["mode"], row["blocks"]) for row in rows] == [
        (run, mode, blocks) for run, blocks in (("a", 6), ("b", 1)) for mode in ("eager", "function", "xla")
    ]


def test_the_images_that_the_numbers_were_made_on_are_named(tmp_path: Path) -> None:
    a_run(tmp_path / "a")
    assert {row["data"] for row in table(history_of(tmp_path)).rows} == {"synthetic"}


def test_the_page_lists_the_runs_and_draws_each_mode_over_them(tmp_path: Path) -> None:
    for name in "ab":
        a_run(tmp_path / name)
    (tmp_path / "a" / "report.html").touch()
    page = build(tmp_path, history_of(tmp_path)).read_text()
    assert '<a href="a/report.html">a</a>' in page
    assert '<a href="b/' not in page
    assert page.count("<figure") == 2
    assert "Speedup over runs" in page
    assert "Step time over runs" in page
    assert "CSV" not in page  # there are no files beside it


def test_a_single_run_has_no_line_over_runs(tmp_path: Path) -> None:
    a_run(tmp_path / "a")
    assert "<figure" not in build(tmp_path, history_of(tmp_path)).read_text()
