"""What qualifies a result."""

from builders import a_measurement

from bench.analysis import warnings as doubts
from bench.analysis.stats.ratios import Comparison, Summary, Verdict
from bench.records.run import Samples

QUIET = Summary(2.0, 1.9, 2.1, 6)


def test_a_ratio_over_all_slices_that_says_something_else_is_named() -> None:
    assert doubts.disturbed(QUIET, Summary(2.05, 1.5, 2.8, 6)) == []
    assert "over all slices, disturbed ones included, 1.6x" in doubts.disturbed(QUIET, Summary(1.6, 1.4, 1.8, 6))[0]


def test_one_block_has_no_interval_to_lie_outside_of() -> None:
    assert doubts.disturbed(Summary(2.0, None, None, 1), Summary(1.0, None, None, 1)) == []


def test_a_case_that_gets_faster_within_its_blocks_is_not_steady() -> None:
    falling = [a_measurement(steady=Samples((2.0, 2.0, 1.5, 1.5, 1.0 + block / 100, 1.0), 1)) for block in range(4)]
    assert doubts.unsteady(falling)[0].startswith("slices change by -50%")
    assert doubts.unsteady([a_measurement(steady=Samples((1.0, 1.01) * 6, 1)) for _ in range(4)]) == []


def test_blocks_sat_out_are_not_missing() -> None:
    comparison = Comparison(Summary(0.1, 0.05, 0.2, 3), Verdict.SLOWER)
    assert doubts.few_blocks(comparison, 3) == []
    assert doubts.few_blocks(comparison, 2) == ["3 of the 6 blocks that a claim needs"]
