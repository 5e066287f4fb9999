"""CPU time, memory and the profile over blocks, and the factors of a speedup."""

from dataclasses import replace

import pytest
from builders import a_costs, a_group, a_measurement, a_plan
from costed_runs import a_costed_run, usual_costs

from bench.analysis import costs
from bench.analysis.analyse import analyse
from bench.analysis.results import CaseResult
from bench.records.costs import Costs, Profile, Structure
from bench.records.run import Outcome


def results() -> list[CaseResult]:
    """Eager, tf.function, tf.function without AutoGraph, XLA."""
    (group,) = a_costed_run(usual_costs).groups
    return [group.baseline, *group.candidates]


def test_a_speedup_splits_exactly_into_work_and_cores() -> None:
    eager, function, _, xla = results()
    faster, slower = costs.split(eager, function), costs.split(eager, xla)
    assert faster
    assert (faster.work, faster.cores) == pytest.approx((1.0, 2.0), rel=0.01)
    assert slower
    assert (slower.work, slower.cores) == pytest.approx((0.5, 1.0), rel=0.01)


def test_nothing_is_split_without_cpu_time_or_on_a_gpu() -> None:
    without = a_costed_run(lambda mode: None).groups[0]
    assert costs.split(without.baseline, without.candidates[0]) is None
    assert costs.outside_s(without.baseline) is None
    assert costs.growth_bytes(without.baseline) is None
    eager, function, *_ = results()
    on_gpu = replace(function, case=replace(function.case, device="gpu"))
    assert costs.split(eager, on_gpu) is None


def test_growth_is_the_median_over_blocks() -> None:
    plan, records = a_plan(a_group(("eager",))), []
    for block, mebibytes in enumerate((0, 4, 100)):
        grown = replace(a_costs("eager"), memory_after_bytes=2**30 + mebibytes * 2**20)
        records.append(Outcome(measurement=a_measurement(plan.cases[0], block, costs=grown)))
    assert costs.growth_bytes(analyse(plan, records).groups[0].baseline) == 4 * 2**20


def test_the_overhead_and_the_calls_come_from_the_profile() -> None:
    profile = Profile(5, 0.2, 0.05, 400)
    run = a_costed_run(lambda mode: replace(usual_costs(mode), profile=profile))
    eager = run.groups[0].baseline
    assert costs.outside_share(eager) == pytest.approx(0.75)
    assert costs.outside_s(eager) == pytest.approx(0.75 * 0.04, rel=0.01)
    assert costs.calls(eager) == 80


def test_a_rate_is_the_count_of_operations_over_the_cases_step() -> None:
    """Only tf.function's operations were counted."""
    (group,) = a_costed_run(usual_costs).groups
    assert costs.flops(group, group.baseline) == 4 * 10**9
    assert costs.rate_flops_per_s(group, group.baseline) == pytest.approx(4e9 / 0.04, rel=0.01)
    assert costs.peak_flops_per_s(group) == 240e9


def test_what_was_not_counted_is_what_a_graph_executes_or_of_a_mode_without_one_what_eager_does() -> None:
    counts = {"eager": 5 * 10**9, "function": 4 * 10**9}

    def counted(mode: str) -> Costs:
        return replace(usual_costs(mode), structure=Structure(flops=counts.get(mode)))

    (group,) = a_costed_run(counted).groups
    eager, _, function, unconverted, xla = group.cases
    assert [costs.flops(group, each) for each in (eager, function)] == [5 * 10**9, 4 * 10**9]
    assert [costs.flops(group, each) for each in (unconverted, xla)] == [4 * 10**9] * 2
    untraced = replace(xla, case=replace(xla.case, mode="keras_eager"))
    assert costs.flops(group, untraced) == 5 * 10**9


def test_conversion_is_the_difference_of_two_traces() -> None:
    eager, function, unconverted, _ = results()
    assert costs.conversion_s(function, unconverted) == pytest.approx(0.4)
    assert costs.conversion_s(function, eager) is None


def test_what_was_not_recorded_has_no_structure_and_no_peak() -> None:
    eager, function, *_ = results()
    assert costs.structure(eager) == Structure()
    assert costs.structure(function).ops_optimised == 111
    assert costs.device_peak_bytes(eager) is None
    assert costs.timed_steps(eager) == 6
