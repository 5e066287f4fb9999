"""Verdicts by worked examples: what each of the two intervals decides, and what few repetitions may say."""

import pytest

from bench.analysis.stats.over_time import ASSUMED, NO_SPREAD
from bench.analysis.stats.ratios import Verdict
from bench.analysis.stats.verdicts import BlockRatios, compare_family, holm
from bench.records.run import Looks
from bench.records.spread import Spread

CLEARLY = [2.0, 2.02, 1.98, 2.01, 1.99, 2.0]
FIVE_PERCENT = [1.05, 1.051, 1.049, 1.05, 1.052, 1.05]


def verdict(judged: BlockRatios) -> Verdict:
    return compare_family([judged])[0].verdict


@pytest.mark.parametrize(
    ("ratios", "aa_difference", "expected"),
    [
        (CLEARLY, 1.01, Verdict.FASTER),
        ([1 / ratio for ratio in CLEARLY], 1.01, Verdict.SLOWER),
        ([1.001, 0.999, 1.002, 0.998, 1.0, 1.001], 1.001, Verdict.SAME),
        ([1.5, 0.8, 1.3, 0.9, 1.1, 1.2], 1.01, Verdict.UNCERTAIN),
        (FIVE_PERCENT, 1.06, Verdict.UNCERTAIN),
        (CLEARLY[:5], 1.01, Verdict.LIKELY_FASTER),
        ([1 / ratio for ratio in CLEARLY[:2]], 1.0, Verdict.LIKELY_SLOWER),
        ([1.001, 0.999, 1.002], 1.001, Verdict.SAME),
        ([2.0], 1.0, Verdict.NONE),
    ],
    ids=[
        "clearly faster", "clearly slower", "within the margin", "too wide", "within the A/A difference",
        "five repetitions", "two repetitions", "the same, of three", "one repetition",
    ],
)  # fmt: skip
def test_verdicts(ratios: list[float], aa_difference: float, expected: Verdict) -> None:
    assert verdict(BlockRatios(ratios, aa_difference)) is expected


def test_one_repetition_has_no_interval_and_no_verdict() -> None:
    (comparison,) = compare_family([BlockRatios([2.0], spread=ASSUMED)])
    assert comparison.over_time
    assert (comparison.over_time.centre, comparison.over_time.low, comparison.p) == (2.0, None, None)
    assert comparison.reason == "one repetition has no interval"


def test_what_only_this_run_shows_is_uncertain_and_says_how_far_runs_differ() -> None:
    ratios = [1.02, 1.021, 1.019, 1.02, 1.022, 1.02]
    assert verdict(BlockRatios(ratios, margin=0.01, spread=NO_SPREAD)) is Verdict.FASTER
    (comparison,) = compare_family([BlockRatios(ratios, margin=0.01, spread=ASSUMED)])
    assert comparison.verdict is Verdict.UNCERTAIN
    assert comparison.reason == "faster in this run; no larger than run-to-run variation here (±5.7 %)"
    (slower,) = compare_family([BlockRatios([1 / ratio for ratio in ratios], margin=0.01, spread=ASSUMED)])
    assert slower.reason.startswith("slower in this run; no larger")


def test_a_machine_that_is_known_to_repeat_itself_can_call_what_the_assumed_spread_cannot() -> None:
    own = Spread(0.003, 9.0, "measured over 10 runs here", 10)
    assert verdict(BlockRatios(FIVE_PERCENT[:], spread=own)) is Verdict.FASTER
    three = [1.031, 1.032, 1.03, 1.031, 1.029, 1.031]
    assert verdict(BlockRatios(three, spread=ASSUMED)) is Verdict.UNCERTAIN
    assert verdict(BlockRatios(three, spread=own)) is Verdict.FASTER


def test_same_speaks_of_this_run_and_its_margin_is_the_goal() -> None:
    ratios = [1.012, 1.018, 1.015, 1.014, 1.016, 1.015]
    assert verdict(BlockRatios(ratios, spread=ASSUMED, margin=0.03)) is Verdict.SAME
    assert verdict(BlockRatios(ratios, spread=ASSUMED, margin=0.01)) is Verdict.UNCERTAIN


def test_looking_has_its_price_in_both_intervals_and_in_p() -> None:
    noisy = [1.05, 1.12, 1.01, 1.10, 1.09, 0.99]
    (fixed,), (looked) = compare_family([BlockRatios(noisy)]), compare_family([BlockRatios(noisy, looks=Looks(6, 30))])
    assert fixed.ratio
    assert looked[0].ratio
    assert looked[0].over_time
    assert looked[0].ratio.half_width > 1.4 * fixed.ratio.half_width
    assert looked[0].over_time == looked[0].ratio or looked[0].over_time.half_width >= looked[0].ratio.half_width
    assert (fixed.verdict, looked[0].verdict) == (Verdict.FASTER, Verdict.UNCERTAIN)


def test_a_very_slow_modes_skipped_blocks_count_for_its_verdict() -> None:
    slow = [0.1, 0.101, 0.1]
    assert verdict(BlockRatios(slow, skipped_blocks=2)) is Verdict.LIKELY_SLOWER
    assert verdict(BlockRatios(slow, skipped_blocks=3)) is Verdict.SLOWER


def test_a_borderline_difference_is_lost_among_many_comparisons() -> None:
    borderline = BlockRatios([1.05, 1.12, 1.01, 1.10, 1.09, 0.99], 1.001)
    noise = BlockRatios([1.2, 0.8, 1.1, 0.9, 1.0, 1.0], 1.001)
    assert verdict(borderline) is Verdict.FASTER
    assert compare_family([borderline] + [noise] * 5)[0].verdict is Verdict.UNCERTAIN


def test_holm_matches_a_worked_example() -> None:
    assert holm([0.01, 0.04, None, 0.03]) == [pytest.approx(0.03), pytest.approx(0.06), None, pytest.approx(0.06)]
