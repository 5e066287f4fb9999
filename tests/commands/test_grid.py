"""Tables and prose in the terminal: whole numbers, columns left out by their order, colours only where they can be."""

import sys

import pytest

from bench.commands import grid
from bench.commands.grid import TerminalTable, drawn, in_colours, prose

MODES = TerminalTable(
    ("mode", "speedup", "over time", "step ms", "verdict"),
    (
        ("tf.function", "1.93x", "[1.85, 2.02]", "32.4", "FASTER"),
        ("eager", "1x", "", "64.3", "baseline"),
        ("XLA loop", "71x slower", "[41, 121]", "4,419", "SLOWER"),
    ),
    ("mode", "speedup", "verdict", "step ms", "over time"),
    frozenset({0}),
)


def test_a_table_that_fits_has_every_column_numbers_to_the_right_and_a_mark_on_the_picked_row() -> None:
    assert drawn(MODES, 80).splitlines() == [
        "  mode            speedup     over time  step ms  verdict",
        "> tf.function       1.93x  [1.85, 2.02]     32.4  FASTER",
        "  eager                1x                   64.3  baseline",
        "  XLA loop     71x slower     [41, 121]    4,419  SLOWER",
    ]


@pytest.mark.parametrize(
    ("room", "left_out"),
    [(56, "over time"), (43, "over time, step ms"), (35, "step ms, over time")],
)
def test_columns_go_by_their_order_and_the_last_line_names_them(room: int, left_out: str) -> None:
    text = drawn(MODES, room)
    table, _, said = text.partition("  not shown at this width: ")
    named = " ".join(said.split())
    assert set(named.removesuffix(" (see the report)").split(", ")) == set(left_out.split(", "))
    assert max(map(len, table.splitlines())) <= room
    assert "tf.function" in table


def test_the_first_column_stays_whole_however_narrow_it_gets() -> None:
    assert drawn(MODES, 5).splitlines()[:4] == ["  mode", "> tf.function", "  eager", "  XLA loop"]


@pytest.mark.parametrize("room", range(12, 60, 3))
def test_prose_breaks_no_interval_and_no_number_from_its_unit(room: int) -> None:
    text = "Use it: 1.93x vs eager [1.85, 2.02]; after 1,600 steps [6, 4,400]; A/A 1.00x [0.96, 1.04]; spread 1.4 %."
    lines = prose(text, room).splitlines()
    assert " ".join(lines) == text
    for whole in ("[1.85, 2.02]", "[6, 4,400]", "[0.96, 1.04]", "1.4 %", "1,600 steps"):
        assert any(whole in line for line in lines)


def test_colours_are_of_the_basic_16_and_the_words_stand_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    assert in_colours("FASTER, LIKELY SLOWER", True) == "\x1b[32mFASTER\x1b[0m, \x1b[33mLIKELY SLOWER\x1b[0m"
    assert in_colours("FASTER", False) == "FASTER"
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert grid.coloured()
    for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
        with monkeypatch.context() as patched:
            patched.setenv(name, value)
            assert not grid.coloured()


def test_cells_with_escape_sequences_or_line_ends_stay_one_harmless_line() -> None:
    assert drawn(TerminalTable(("a",), (("x\x1b[31m\ny",),)), 80) == "a\nx\\u001b[31m y\n"


def test_the_width_is_80_without_a_terminal_and_at_most_120(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert grid.width() == 80
    monkeypatch.setenv("COLUMNS", "300")
    assert grid.width() == 120
    monkeypatch.setenv("COLUMNS", "60")
    assert grid.width() == 60
