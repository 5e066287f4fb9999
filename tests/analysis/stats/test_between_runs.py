"""Tests between two runs: Welch's, paired blocks, and whether runs were interleaved."""

import math
import random

import pytest

from bench.analysis.stats.between_runs import BeforeAfter, alternate, compare_runs, contrast
from bench.analysis.stats.over_time import ASSUMED
from bench.analysis.stats.ratios import Verdict
from bench.records.spread import Spread


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


def test_runs_made_apart_add_the_spread_of_both_with_its_degrees_of_freedom() -> None:
    exact = ([0.0] * 6, [0.0] * 6)
    still, _ = contrast(BeforeAfter(*exact, interleaved=False))
    restless, _ = contrast(
        BeforeAfter(*exact, interleaved=False, spreads=(Spread(0.01, 4.0, ""), Spread(0.01, 4.0, "")))
    )
    assert (still.low, still.high) == (1.0, 1.0)
    assert restless.high == pytest.approx(math.exp(2.306004 * math.sqrt(2) * 0.01))  # t(8 df), 97.5 %
    unlike, _ = contrast(BeforeAfter(*exact, interleaved=False, spreads=(Spread(0.01, 4.0, ""), Spread(0.0, 1.0, ""))))
    assert unlike.high == pytest.approx(math.exp(2.776445 * 0.01))  # t(4 df)


def test_interleaved_runs_have_no_spread_between_them() -> None:
    values = ([0.0, 0.1, 0.2, 0.3], [0.05, 0.16, 0.24, 0.35])
    with_spread = BeforeAfter(*values, interleaved=True, spreads=(ASSUMED, ASSUMED))
    assert contrast(with_spread) == contrast(BeforeAfter(*values, interleaved=True))


def test_few_repetitions_of_either_run_make_a_change_likely_at_best() -> None:
    values = [0.0, 0.001, -0.001, 0.0, 0.002, 0.001]
    faster = [value + 0.5 for value in values]
    enough, few = compare_runs([BeforeAfter(values, faster, False), BeforeAfter(values, faster[:3], False)])
    assert (enough.verdict, enough.rough) == (Verdict.FASTER, False)
    assert (few.verdict, few.rough) == (Verdict.LIKELY_FASTER, True)
    (skipped,) = compare_runs([BeforeAfter(values, faster[:3], False, skipped_blocks=3)])
    assert (skipped.verdict, skipped.rough) == (Verdict.FASTER, False)


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
