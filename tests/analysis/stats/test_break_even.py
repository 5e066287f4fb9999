"""Break-even: its estimate, its interval with the run-to-run spread, and why there may be none."""

import math

import pytest

from bench.analysis.stats.break_even import break_even
from bench.analysis.stats.over_time import NO_SPREAD
from bench.analysis.stats.ratios import BreakEven, Comparison, Summary, Verdict
from bench.records.spread import Spread

TWICE = Comparison(Summary(2.0, 1.9, 2.1, 6), Verdict.FASTER, spread=NO_SPREAD)


def test_break_even_is_extra_start_over_time_saved_a_step() -> None:
    even = break_even([4.0, 4.0], [0.02, 0.02], TWICE)
    assert even.steps is not None
    assert even.steps.centre == pytest.approx(200)
    assert even.steps.high == pytest.approx(200)


def test_break_even_has_the_jackknifes_interval_and_stands_one_odd_block() -> None:
    """For equal savings the jackknife of a mean is the classic standard error, here on the logarithm."""
    even = break_even([0.9, 1.0, 1.1, 1.0, 0.9, 1.1], [0.01] * 6, TWICE)
    assert even.steps is not None
    assert even.steps.low is not None
    half = math.log(even.steps.centre / even.steps.low)
    classic = 2.570582 * 0.0894427 / math.sqrt(6)  # t(5 df), the sample's sd over a mean of 1
    assert half == pytest.approx(classic, rel=0.02)
    assert break_even([1.0, -0.1, 1.0, 1.0], [0.01] * 4, TWICE).steps is not None


@pytest.mark.parametrize(
    ("extra", "saved", "text"),
    [
        ([-1.0], [0.01], "at once"),
        ([4.0, 4.0], [0.1, -0.01], "uncertain: repetitions disagree"),
    ],
)
def test_break_even_without_a_number_says_why(extra: list[float], saved: list[float], text: str) -> None:
    assert break_even(extra, saved, TWICE) == BreakEven(None, text)


def test_the_run_to_run_spread_of_a_small_speedup_moves_its_break_even_by_much() -> None:
    """Of a speedup r, d log(steps) = d log(r) / (r - 1): at 1.1 ten times the spread, at 2 once."""
    wide = {}
    for speedup in (1.1, 2.0):
        spread = Spread(0.01, 1e9, "known exactly")
        comparison = Comparison(Summary(speedup, None, None, 6), Verdict.FASTER, spread=spread)
        even = break_even([1.0] * 6, [0.01] * 6, comparison)
        assert even.steps
        assert even.steps.high
        wide[speedup] = math.log(even.steps.high / even.steps.centre)
    assert wide[2.0] == pytest.approx(1.959964 * 0.01, rel=1e-3)
    assert wide[1.1] == pytest.approx(1.959964 * 0.1, rel=1e-3)


def test_from_few_repetitions_it_is_marked_rough() -> None:
    likely = Comparison(Summary(2.0, 1.9, 2.1, 3), Verdict.LIKELY_FASTER, spread=NO_SPREAD, rough=True)
    assert break_even([1.0, 1.1, 0.9], [0.01] * 3, likely).rough
    assert not break_even([1.0, 1.1, 0.9], [0.01] * 3, TWICE).rough
