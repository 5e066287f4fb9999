"""Which operations explain a difference in CPU time."""

from dataclasses import astuple, replace

import pytest
from costed_runs import a_costed_run, profiled_costs, usual_costs

from bench.analysis import operations
from bench.analysis.results import CaseResult, GroupResult
from bench.records.costs import Costs


def a_profiled_group() -> GroupResult:
    (group,) = a_costed_run(profiled_costs).groups
    return group


def results() -> tuple[CaseResult, CaseResult, CaseResult]:
    eager, _, function, _, xla = a_profiled_group().cases
    return eager, function, xla


def test_the_parts_of_a_step_add_up_to_the_timed_step() -> None:
    eager, function, _ = results()
    parts = operations.seconds(eager)
    assert parts["MaxPoolGrad"] == pytest.approx(0.02, rel=0.01)
    assert sum(parts.values()) == pytest.approx(0.04, rel=0.01)
    assert parts[operations.RUNTIME] == pytest.approx(0.0004, rel=0.01)
    assert parts[operations.PYTHON] == pytest.approx(0.0036, rel=0.01)
    assert sum(operations.seconds(function).values()) == pytest.approx(0.02, rel=0.01)


def test_the_largest_differences_are_named_until_little_is_left() -> None:
    eager, function, _ = results()
    gap = operations.explain(eager, function)
    assert gap
    assert (gap.slower, gap.faster) == (eager, function)
    assert gap.gap_s == pytest.approx(0.02, rel=0.01)
    pools, bias = gap.named
    assert (pools.name, pools.slower_kernels, pools.faster_kernels, pools.onednn) == ("MaxPoolGrad", 3, 2, True)
    assert pools.difference_s == pytest.approx(0.014, rel=0.01)
    assert (bias.name, bias.fused) == ("BiasAdd", ("Conv2D",))
    assert abs(gap.left_s) <= 0.2 * gap.gap_s


def test_which_mode_is_the_slower_one_does_not_depend_on_who_asks() -> None:
    eager, _, xla = results()
    gap = operations.explain(eager, xla)
    assert gap
    assert gap == operations.explain(xla, eager)
    assert gap.slower is xla
    assert gap.named[0].slower_kernels is None  # XLA's are others


def test_modes_are_compared_with_the_baseline_and_with_the_one_they_differ_from() -> None:
    pairs = [(gap.slower.case.mode, gap.faster.case.mode) for gap in operations.gaps(a_profiled_group())]
    assert pairs == [("eager", "function"), ("xla", "eager"), ("xla", "function")]


def test_nothing_is_explained_by_a_profile_of_other_cpu_time_or_where_there_is_no_difference() -> None:
    (group,) = a_costed_run(usual_costs).groups
    eager, _, function, *_ = group.cases  # of the same CPU time a step, but profiled at half of it
    assert operations.stretch(function) == pytest.approx(0.5, rel=0.01)
    assert operations.explain(eager, function) is None
    assert operations.explain(eager, eager) is None


def test_records_without_a_profile_have_no_parts() -> None:
    def older(mode: str) -> Costs:
        return replace(profiled_costs(mode), operations=None)

    (group,) = a_costed_run(older).groups
    assert operations.seconds(group.baseline) == {}
    assert operations.gaps(group) == []
    assert operations.peak_shares(group, group.baseline) is None


def test_the_shares_of_the_cores_time_add_up_and_the_peaks_is_the_rate_over_it() -> None:
    group = a_profiled_group()
    shares = operations.peak_shares(group, group.baseline)
    assert shares
    assert shares.at_peak == pytest.approx(4e9 / 0.04 / 240e9, rel=0.01)
    assert shares.idle == pytest.approx(0.5, rel=0.01)  # 40 ms of CPU time in a step of 40 ms, on two cores
    assert shares.at_peak + (shares.slower_products or 0.0) == pytest.approx(0.06 / 0.2 / 2, rel=0.01)
    assert sum(share or 0.0 for share in astuple(shares)) == pytest.approx(1.0)


def test_a_profile_of_other_cpu_time_does_not_say_what_keeps_a_step_below_the_peak() -> None:
    (group,) = a_costed_run(usual_costs).groups
    eager, _, function, *_ = group.cases  # tf.function was profiled at half of its CPU time
    shares, unknown = operations.peak_shares(group, eager), operations.peak_shares(group, function)
    assert shares
    assert unknown
    assert None not in astuple(shares)
    assert (unknown.slower_products, unknown.other_operations, unknown.outside) == (None, None, None)
    assert (unknown.at_peak, unknown.idle) == pytest.approx((4e9 / 0.02 / 240e9, 0.0), abs=0.01)
