import pytest

from bench.analysis.stats.ratios import BreakEven, Summary
from bench.report.form.wording import (
    break_even,
    change_interval,
    count,
    ends,
    interval,
    number,
    speedup,
    speedup_interval,
    without_steps,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.01234, "0.0123"), (4.567, "4.57"), (28.14, "28.1"), (999.9, "1,000"), (2342, "2,342")],
)
def test_numbers_have_three_digits_that_count_and_no_exponent(value: float, text: str) -> None:
    assert number(value) == text


def test_intervals_stand_in_brackets_and_are_left_out_for_a_single_block() -> None:
    assert interval(Summary(0.0281, 0.0276, 0.0287, 6), 1e3) == "28.1 [27.6, 28.7]"
    assert interval(Summary(2.0, None, None, 1), sign="x") == "2.00x"
    assert interval(None) == "–"


def test_break_even_is_said_in_words() -> None:
    assert break_even(BreakEven(Summary(1234, 900, 1500, 6), "")) == "1,200 steps [900, 1,500]"
    assert break_even(BreakEven(Summary(600, 1, 1_600_000, 2), "")) == "600 steps (very uncertain)"
    assert break_even(BreakEven(Summary(0.4, 0.02, 9.9, 12), "")) == "1 step (very uncertain)"
    assert without_steps("1 step (very uncertain)") == "1 (very uncertain)"
    assert without_steps("1,200 steps [900, 1,500]") == "1,200 [900, 1,500]"
    assert break_even(BreakEven(None, "never")) == "never"
    assert break_even(None) == "–"


@pytest.mark.parametrize(("value", "text"), [(0.2, "1"), (42.4, "42"), (123, "120"), (99_999, "100,000")])
def test_counts_do_not_pretend_to_more_digits_than_they_have(value: float, text: str) -> None:
    assert count(value) == text


def test_a_speedup_is_turned_round_where_its_whole_interval_lies_below_1() -> None:
    slow, unclear = Summary(0.0141, 0.0082, 0.0243, 3), Summary(0.97, 0.93, 1.02, 6)
    assert speedup_interval(slow) == "71x slower [41, 122]"
    assert speedup_interval(unclear) == "0.97x [0.93, 1.02]"
    assert speedup(Summary(1.9319, 1.85, 2.02, 6)) == "1.93x"
    assert (speedup(None), ends(None)) == ("–", "")
    assert speedup_interval(Summary(0.5, None, None, 1)) == "2.00x slower"


def test_a_change_is_per_cent_of_time_and_not_of_speed() -> None:
    assert change_interval(Summary(1 / 1.047, 1 / 1.058, 1 / 1.036, 60)) == "4.7 % slower [3.6, 5.8]"
    assert change_interval(Summary(1 / 0.99, 1 / 1.01, 1 / 0.97, 60)) == "1.0 % faster [−1.0, 3.0]"
    assert change_interval(None) == "–"
