"""The history of a folder: every case of every run."""

from pathlib import Path

from kept_runs import a_run

from bench.report.history import read_runs, table


def test_the_history_shows_every_case_of_every_run(tmp_path: Path) -> None:
    rows = table(read_runs([a_run(tmp_path / "a"), a_run(tmp_path / "b", blocks=1)])[0]).rows
    assert [(row["run"], row["mode"], row["blocks"]) for row in rows] == [
        (run, mode, blocks) for run, blocks in (("a", 6), ("b", 1)) for mode in ("eager", "function", "xla")
    ]


def test_the_images_that_the_numbers_were_made_on_are_named(tmp_path: Path) -> None:
    assert {row["data"] for row in table(read_runs([a_run(tmp_path / "a")])[0]).rows} == {"synthetic"}
