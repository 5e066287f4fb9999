"""The statistics of one run by worked examples and simulation: ratios of blocks, and their intervals."""

import math
import random
import statistics

import pytest

from bench.analysis.stats.ratios import (
    block_ratio,
    difference_from_itself,
    drift,
    median_summary,
    summarise,
)
from bench.records.run import Samples


def test_block_ratio_is_the_median_of_the_rounds_pairs_and_disturbed_slices_of_either_do_not_move_it() -> None:
    baseline, candidate = Samples((2.0, 20.0, 2.0, 2.2, 2.0, 9.0), 5), Samples((10.0, 1.0, 1.0, 1.1, 1.0, 4.5), 5)
    assert block_ratio(baseline, candidate) == pytest.approx(2.0)
    everything = math.prod((2.0, 20.0, 2.0, 2.2, 2.0, 9.0)) / math.prod((10.0, 1.0, 1.0, 1.1, 1.0, 4.5))
    assert block_ratio(baseline, candidate, average=statistics.fmean) == pytest.approx(everything ** (1 / 6))


def test_block_ratio_takes_the_rounds_both_took_part_in_so_a_slow_case_may_take_fewer_and_shorter_slices() -> None:
    baseline = Samples((2.0, 20.0, 2.0, 6.0), 2)
    slow = Samples((30.0, 90.0), 1, rounds=(1, 3))
    assert block_ratio(baseline, slow) == pytest.approx(math.sqrt((10 / 30) * (3 / 90)))
    with pytest.raises(ValueError, match="share no round"):
        block_ratio(Samples((2.0,), 2), Samples((3.0,), 2, rounds=(5,)))


def test_summary_is_students_interval_on_the_logarithms() -> None:
    summary = summarise([1.0, math.e, math.e**2])
    half = 4.302653 * 1.0 / math.sqrt(3)  # t(2 df, 97.5 %) from a printed table, sd 1, n 3
    assert summary.centre == pytest.approx(math.e)
    assert (summary.low, summary.high) == (pytest.approx(math.exp(1 - half)), pytest.approx(math.exp(1 + half)))


def test_the_a_a_difference_is_the_controls_ratio_whichever_way_it_points() -> None:
    assert difference_from_itself(summarise([0.8])) == pytest.approx(1.25)
    assert difference_from_itself(summarise([1.25])) == pytest.approx(1.25)


def test_drift_compares_a_blocks_last_third_with_its_first() -> None:
    change = drift([Samples((2.0, 2.0, 1.5, 1.5, 1.0, 1.0), 1)] * 3)
    assert change is not None
    assert change.centre == pytest.approx(0.5)
    assert drift([Samples((1.0,) * 5, 1)] * 3) is None


def test_the_median_has_the_sign_tests_interval_whatever_the_distribution() -> None:
    ten = median_summary([9.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 1000.0])
    assert (ten.centre, ten.low, ten.high) == (5.5, 2.0, 9.0)  # 2 * P(X <= 1) of ten tosses is 0.021, <= 2 is 0.11
    assert median_summary([1.0, 2.0, 3.0, 4.0, 5.0]).low is None


def test_the_medians_interval_holds_its_median_in_at_least_95_percent_of_studies() -> None:
    rng = random.Random(3)
    studies = [median_summary([rng.expovariate(1.0) for _ in range(12)]) for _ in range(4000)]
    held = sum(s.low is not None and s.high is not None and s.low <= math.log(2) <= s.high for s in studies)
    assert 0.95 <= held / len(studies) < 0.98  # exactly 96.1 % for twelve
