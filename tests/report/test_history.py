"""The history of a folder: every case of every run."""

from pathlib import Path

from kept_runs import a_run

from bench.report.history import build, read_runs, table


def test_the_history_shows_every_case_of_every_run(tmp_path: Path) -> None:
    rows = table(read_runs([a_run(tmp_path / "a"), a_run(tmp_path / "b", blocks=1)])[0]).rows
    assert [(row["run"], row["mode"], row["blocks"]) for row in rows] == [
        (run, mode, blocks) for run, blocks in (("a", 6), ("b", 1)) for mode in ("eager", "function", "xla")
    ]


def test_the_images_that_the_numbers_were_made_on_are_named(tmp_path: Path) -> None:
    assert {row["data"] for row in table(read_runs([a_run(tmp_path / "a")])[0]).rows} == {"synthetic"}


def test_the_page_lists_the_runs_and_draws_each_mode_over_them(tmp_path: Path) -> None:
    folders = [a_run(tmp_path / "a"), a_run(tmp_path / "b")]
    (tmp_path / "a" / "report.html").touch()
    page = build(tmp_path, read_runs(folders)[0]).read_text()
    assert '<a href="a/report.html">a</a>' in page
    assert '<a href="b/' not in page
    assert page.count("<figure") == 2
    assert "Speedup over runs" in page
    assert "Step time over runs" in page
    assert "CSV" not in page  # there are no files beside it


def test_a_single_run_has_no_line_over_runs(tmp_path: Path) -> None:
    assert "<figure" not in build(tmp_path, read_runs([a_run(tmp_path / "a")])[0]).read_text()
