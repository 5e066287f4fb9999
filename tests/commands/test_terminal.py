"""The terminal without a person at it: a line for each block, and a table that fits."""

import pytest

from bench.commands import terminal
from bench.report.form.document import Column, Table


def test_a_log_has_one_line_for_each_block_done_and_one_where_nothing_was_said_for_long(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = [0.0]
    with terminal.Lines("repetition", lambda: now[0]) as progress:
        progress.start(2)
        for now[0], text in ((0.0, "loading TensorFlow"), (5.0, "first step: eager"), (11.0, "checking equal work")):
            progress.notice(text, 0.5)
        now[0] = 60.0
        progress.block_done()
        progress.start(3)  # more blocks were added
        now[0] = 120.0
        progress.block_done()
        progress.block_done()
        progress.block_done()
    assert capsys.readouterr().err.splitlines() == [
        "repetition 1 of 2: loading TensorFlow",
        "repetition 1 of 2: checking equal work",
        "repetition 1 of 2 done after 60 s, about 60 s left",
        "repetition 2 of 4 done after 2 min, about 2 min left",
        "repetition 3 of 4 done after 2 min, about 40 s left",
        "repetition 4 of 4 done after 2 min",
    ]


def test_a_log_s_progress_and_a_terminal_s_have_the_same_face() -> None:
    assert isinstance(terminal.progress("repetition"), terminal.Lines)
    with terminal.Bar("repetition") as bar:
        bar.start(1)
        bar.notice("timing", 0.5)
        bar.block_done()


def test_a_table_without_a_terminal_has_no_colour_and_leaves_out_what_does_not_fit(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    columns = (Column("mode", lambda row: str(row["mode"])), Column("why", lambda row: str(row["why"])))
    terminal.show(Table("modes", columns, ({"mode": "eager", "why": "w" * 120},)))
    assert capsys.readouterr().out == "mode\neager\nnot shown at this width: why (see the report)\n"


def test_a_table_whose_rows_stand_under_their_cases_names_the_case_in_each(capsys: pytest.CaptureFixture[str]) -> None:
    rows = ({"group": "batch 1", "mode": "eager"}, {"group": "batch 32", "mode": "eager"})
    terminal.show(Table("t", (Column("mode", lambda row: str(row["mode"])),), rows, group="group"))
    out = capsys.readouterr().out.splitlines()
    assert [line.split() for line in out] == [["case", "mode"], ["batch", "1", "eager"], ["batch", "32", "eager"]]


def test_a_download_without_a_terminal_has_one_line_for_each_tenth(capsys: pytest.CaptureFixture[str]) -> None:
    with terminal.Download() as progress:
        for done in range(0, 101, 5):
            progress(done * 2**20, 100 * 2**20)
    assert capsys.readouterr().err.splitlines() == [f"{share} MiB, {share} %" for share in range(10, 101, 10)]


def test_a_work_whose_end_depends_on_what_it_shows_says_its_limit(capsys: pytest.CaptureFixture[str]) -> None:
    now = [0.0]
    with terminal.Lines("repetition", lambda: now[0], "at most about 5 min in all") as progress:
        progress.start(1)
        progress.notice("loading TensorFlow", 0.0)
        now[0] = 60.0
        progress.block_done()
        progress.start(1)
        now[0] = 120.0
        progress.block_done()
    assert capsys.readouterr().err.splitlines() == [
        "repetition 1 of at least 1: loading TensorFlow",
        "repetition 1 of at least 1 done after 60 s, at most about 5 min in all",
        "repetition 2 of at least 2 done after 2 min, at most about 5 min in all",
    ]


def test_trainings_say_how_long_the_rest_takes_before_the_first_seed_is_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    now = [0.0]
    with terminal.Lines("seed", lambda: now[0]) as progress:
        progress.start(2)
        for now[0], share in ((0.0, 0.0), (20.0, 0.1), (40.0, 0.3)):
            progress.notice("eager", share)
    assert capsys.readouterr().err.splitlines() == [
        "seed 1 of 2: eager",
        "seed 1 of 2: eager",
        "seed 1 of 2: eager, about 3 min left",
    ]
