"""Tests between two runs: Welch's, paired blocks, and whether runs were interleaved."""

import math
import random

import pytest

from bench.analysis.stats.between_runs import BeforeAfter, alternate, contrast


def test_welchs_interval_holds_the_true_ratio_and_agrees_with_a_worked_example() -> None:
    random.seed(1)
    before = [random.gauss(0, 0.02) for _ in range(6)]
    after = [random.gauss(0.05, 0.04) for _ in range(8)]
    ratio, p = contrast(BeforeAfter(before, after, interleaved=False))
    from scipy import stats

    known = stats.ttest_ind(after, before, equal_var=False)
    low, high = known.confidence_interval(0.95)
    assert p == pytest.approx(known.pvalue)
    assert (ratio.low, ratio.high) == pytest.approx((math.exp(low), math.exp(high)))
    assert contrast(BeforeAfter([0.0], [1.0], interleaved=False))[1] is None


def test_runs_that_took_turns_are_compared_block_by_block_so_a_common_drift_cancels() -> None:
    before = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]
    after = [value + change for value, change in zip(before, (0.05, 0.06, 0.04, 0.05, 0.06, 0.04), strict=True)]
    paired, p = contrast(BeforeAfter(before, after, interleaved=True))
    from scipy import stats

    known = stats.ttest_rel(after, before)
    assert p == pytest.approx(known.pvalue)
    assert (paired.low, paired.high) == pytest.approx(tuple(math.exp(end) for end in known.confidence_interval(0.95)))
    apart, _ = contrast(BeforeAfter(before, after, interleaved=False))
    assert apart.high is not None
    assert paired.high is not None
    assert apart.high > 1.2 > paired.high


def test_what_a_machine_does_from_run_to_run_widens_the_interval_of_runs_that_did_not_take_turns() -> None:
    exact = ([0.0] * 6, [0.0] * 6)
    still, _ = contrast(BeforeAfter(*exact, interleaved=False))
    restless, _ = contrast(BeforeAfter(*exact, interleaved=False, between=0.01))
    assert (still.low, still.high) == (1.0, 1.0)
    assert restless.high == pytest.approx(math.exp(1.959964 * math.sqrt(2) * 0.01))  # normal quantile, 97.5 %


@pytest.mark.parametrize(
    ("before", "after", "took_turns"),
    [
        ([0.0, 60.0, 120.0], [30.0, 90.0, 150.0], True),
        ([0.0, 90.0, 120.0], [30.0, 60.0, 150.0], True),  # the order within a pair does not matter
        ([0.0, 60.0, 120.0], [200.0, 260.0, 320.0], False),
        ([0.0, 60.0, 120.0], [30.0, 90.0], False),
        ([0.0, None, 120.0], [30.0, 90.0, 150.0], False),
        ([0.0], [30.0], False),
    ],
)
def test_runs_took_turns_where_each_pair_of_blocks_came_before_the_next(
    before: list[float | None], after: list[float | None], took_turns: bool
) -> None:
    assert alternate(before, after) is took_turns
