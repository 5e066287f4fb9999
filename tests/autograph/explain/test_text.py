"""An explanation in the terminal."""

from dataclasses import replace

from explanations import an_explanation, listing

from bench.autograph.explain.records import Count, Missing
from bench.autograph.explain.text import kinds, text


def test_the_terminal_shows_every_stage_with_its_counts() -> None:
    shown = text(an_explanation(), 40)
    assert "1 source: 2 lines" in shown
    assert "4 graph: 4 operations, 2 of them outside loops, branches and calls; 2 after Grappler" in shown
    assert "5 XLA's program: 3 instructions before XLA's optimisation, 1 after it, 1 fusion" in shown
    assert "    2     5x     1x     1  return x + x < 3 & 1" in shown
    assert "eager        2.00 ms [1.90, 2.10]; first call 5.00 ms" in shown
    assert "XLA          it has strings" in shown


def test_a_missing_stage_is_one_line_with_its_reason() -> None:
    found = replace(an_explanation(), program=None, missing=(Missing("program", "XLA knows no strings"),))
    assert "5 XLA's program: XLA knows no strings\n\n6 time" in text(found, 40)


def test_a_long_listing_is_cut_and_says_so() -> None:
    found = replace(an_explanation(), code=listing(*(f"line {number}" for number in range(9))))
    assert "line 2\n        ... 6 more; --lines 0 and the page show them" in text(found, 3)
    assert "line 8" in text(found, 0)


def test_many_kinds_are_summed_up() -> None:
    counted = [Count(kind, 2) for kind in "abcdefgh"]
    assert kinds(counted) == "2 a, 2 b, 2 c, 2 d, 2 e, 2 f, 4 others"
    assert kinds([Count("Const", 1)]) == "Const"
