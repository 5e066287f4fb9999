"""What a self-test's numbers say: recovered slowdowns, false positives, power, and when it does not pass."""

import math

import pytest
from made_up_selftests import RECORD, made_up

from bench.analysis.analyse import analyse
from bench.analysis.selftest import AAControl, evaluate
from bench.records.run import Failure, Outcome


def test_a_self_test_that_recovers_what_was_injected_passes() -> None:
    result = evaluate(RECORD, made_up(3, 0.01), [6])
    assert result.problems == ()
    assert [recovery.slowdown for recovery in result.recoveries] == [0.02, 0.05, 0.2]
    assert [recovery.measured[0] for recovery in result.recoveries] == pytest.approx([0.02, 0.05, 0.2], abs=0.01)


def test_a_self_test_that_misses_what_was_injected_does_not_pass() -> None:
    problems = evaluate(RECORD, made_up(3, 0.01, factor=0.5), [6]).problems
    assert problems[-1].startswith("a slowdown of 20% was measured as 9.")  # half of 20 %, give or take


def test_too_many_false_positives_are_a_problem() -> None:
    result = evaluate(RECORD, made_up(8, 0.005, control=1.05), [6])
    assert result.control.false_positives == 8
    assert "8 of 8 runs called the mode different from itself" in result.problems
    assert not AAControl(None, 20, 2).too_many  # two of twenty come by chance, one time in four
    assert AAControl(None, 20, 5).too_many


def test_a_run_that_failed_counts_neither_as_the_same_nor_as_missed_and_is_reported() -> None:
    whole, broken = made_up(2, 0.01)
    failures = [Outcome(failure=Failure(case, 0, "slice", "it was killed")) for case in broken.plan.cases]
    result = evaluate(RECORD, [whole, analyse(broken.plan, failures)], [6])
    assert result.control.runs == 1
    assert {recovery.runs for recovery in result.recoveries} == {1}
    assert len(result.broken) == 5
    assert "run 01, function-slowed2: failed at slice in repetition 0: it was killed" in result.broken
    assert evaluate(RECORD, [whole], [6]).broken == ()


def test_power_and_the_smallest_difference_follow_from_the_spread_of_blocks() -> None:
    """A t-test of six needs a true difference of 1.67 standard deviations for power 0.9 (noncentral t, by tables)."""
    result = evaluate(RECORD, made_up(40, 0.02), [6, 24])
    assert result.block_sd == pytest.approx(0.02 * math.sqrt(0.75), rel=0.05)  # the baseline is a mean of two
    six, more = result.resolutions
    assert math.log1p(six.smallest) == pytest.approx(1.67 * result.block_sd, rel=0.02)
    assert more.smallest < six.smallest / 2
    two, five, twenty = result.recoveries
    assert two.power < five.power < twenty.power
    assert five.detected / five.runs == pytest.approx(five.power, abs=0.12)


def test_the_harness_costs_what_its_pairs_say() -> None:
    (cost,) = evaluate(RECORD, [], []).harness
    assert cost.ratio.centre == pytest.approx(1.01)
    assert (cost.slice_s, cost.loop_s) == (0.0101, 0.01)
