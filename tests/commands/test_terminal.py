"""The terminal without a person at it: a line for each block, and a table whose cells are whole."""

import pytest

from bench.commands import terminal
from bench.report.form.document import Column, Table


def test_a_log_has_one_line_for_each_block_done(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.progress("block") as progress:
        progress.start(2)
        progress.notice("timing", 0.5)
        progress.block_done()
        progress.start(3)  # more blocks were added
        progress.block_done()
    first, second = capsys.readouterr().err.splitlines()
    assert first.startswith("block 1 of 2 done after ")
    assert second.startswith("block 2 of 4 done after ")


def test_a_table_in_a_log_has_no_colour_and_whole_cells(capsys: pytest.CaptureFixture[str]) -> None:
    columns = (Column("mode", lambda row: str(row["mode"])), Column("why", lambda row: str(row["why"])))
    terminal.show(Table("modes", columns, ({"mode": "eager", "why": "w" * 120},)))
    head, row = capsys.readouterr().out.splitlines()
    assert head.split() == ["mode", "why"]
    assert row.rstrip() == "eager  " + "w" * 120


def test_a_download_without_a_terminal_has_one_line_for_each_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.Download() as progress:
        for done in range(0, 101, 5):
            progress(done * 2**20, 100 * 2**20)
    assert capsys.readouterr().err.splitlines() == [f"{share} MiB, {share} %" for share in range(10, 101, 10)]
