"""Speedups over both entries, steps that agree with them, CPU time, and which spread a comparison has."""

import math
from dataclasses import replace

import pytest
from builders import ENVIRONMENT, SCHEDULE, a_case, a_group, a_measurement, a_plan, outcomes

from bench import modes
from bench.analysis.analyse import analyse
from bench.analysis.clocks import Conflict, conflict, overload
from bench.analysis.results import GroupResult
from bench.analysis.speedups import comparison_of, judged
from bench.analysis.spreads import spread_between
from bench.analysis.stats.over_time import ASSUMED, NO_SPREAD
from bench.analysis.stats.ratios import Summary
from bench.modes import MODES
from bench.records.costs import Costs
from bench.records.run import Looks, Outcome, Samples
from bench.records.spread import ComparisonSpread, Spread

PLAN = a_plan(a_group(("eager", "function")))
EAGER, AGAIN, FUNCTION = PLAN.cases
NOISY = {  # seconds of three slices of two steps, by arm: unlike medians, so that a quotient of medians is not a ratio
    "eager": (0.20, 0.24, 0.21),
    "eager-again": (0.22, 0.20, 0.23),
    "function": (0.10, 0.13, 0.11),
}


def a_group_of(slices: dict[str, tuple[float, ...]], **changes: object) -> GroupResult:
    records = [
        Outcome(measurement=a_measurement(case, block, steady=Samples(slices[case.arm], 2), **changes))
        for block in range(6)
        for case in PLAN.cases
    ]
    return analyse(PLAN, records).groups[0]


def test_the_quotient_of_two_steps_is_the_speedup_beside_them() -> None:
    group = a_group_of(NOISY)
    baseline, function = group.baseline.summary("step"), group.candidates[0].summary("step")
    assert group.candidates[0].comparison
    ratio = group.candidates[0].comparison.ratio
    assert baseline
    assert function
    assert ratio
    assert baseline.centre / function.centre == pytest.approx(ratio.centre)
    first, second = (
        sorted(math.log(a / b) for a, b in zip(NOISY[arm], NOISY["function"], strict=True))[1]
        for arm in ("eager", "eager-again")
    )
    assert ratio.centre == pytest.approx(math.exp((first + second) / 2))
    assert baseline.centre == pytest.approx(math.sqrt(0.105 * 0.11))  # the medians of both entries


def test_images_a_second_follow_from_the_same_step() -> None:
    group = a_group_of(NOISY)
    for result in (group.baseline, group.candidates[0]):
        step, images = result.summary("step"), result.summary("images")
        assert step
        assert images
        assert step.centre * images.centre == pytest.approx(64)


def test_a_case_in_part_of_the_rounds_keeps_the_baselines_time_there() -> None:
    records = outcomes(PLAN, {"eager": 0.05, "eager-again": 0.05})
    records += [
        Outcome(measurement=a_measurement(FUNCTION, block, steady=Samples((0.2, 0.2), 1, rounds=(0, 1))))
        for block in range(0, 6, 2)
    ]
    result = analyse(PLAN, records).groups[0].candidates[0]
    assert result.baseline_s
    assert result.baseline_s.n == 3
    assert result.baseline_s.centre == pytest.approx(0.05, rel=0.01)
    assert (
        analyse(PLAN, outcomes(PLAN, {"eager": 0.05, "eager-again": 0.05, "function": 0.03}))
        .groups[0]
        .candidates[0]
        .baseline_s
        is None
    )


def test_cpu_time_has_a_speedup_of_its_own_and_may_disagree() -> None:
    busy = [
        replace(o, measurement=replace(o.measurement, costs=Costs(0.3 if o.case.mode == "eager" else 0.2, 1, 1)))
        for o in outcomes(PLAN, {"eager": 0.05, "eager-again": 0.05, "function": 0.025})
        if o.measurement
    ]
    group = analyse(PLAN, busy).groups[0]
    result = group.candidates[0]
    comparison = result.comparison
    assert comparison
    assert comparison.cpu
    assert comparison.cpu.centre == pytest.approx(1.5)
    assert conflict(group.baseline, result) is None
    for cpu, found in (
        (Summary(0.8, 0.7, 0.9, 8), Conflict.REVERSED),
        (Summary(1.2, 0.9, 1.5, 8), None),
        (comparison.ratio, None),
        (None, None),
    ):
        other = replace(result, comparison=replace(comparison, cpu=cpu))
        assert conflict(group.baseline, other) is found


@pytest.mark.parametrize(("cores", "found"), [(1.0, None), (0.8, None), (0.6, Conflict.WAITED)])
def test_an_eager_mode_with_less_than_a_core_busy_has_waited(cores: float, found: Conflict | None) -> None:
    records = [
        replace(
            o,
            measurement=replace(
                m, costs=Costs(sum(m.steady.seconds) * (cores if m.case.mode == "eager" else 1.3), 1, 1)
            ),
        )
        for o in outcomes(PLAN, {"eager": 0.05, "eager-again": 0.05, "function": 0.02})
        if (m := o.measurement)
    ]
    group = analyse(PLAN, records).groups[0]
    assert conflict(group.baseline, group.candidates[0]) is found


@pytest.mark.parametrize(
    ("load", "block", "too_much"), [(2.0, 0, False), (2.5, 0, True), (3.9, 3, False), (28.0, 3, True), (None, 0, False)]
)
def test_a_load_above_the_cores_is_too_much_but_for_what_the_run_adds_itself(
    load: float | None, block: int, too_much: bool
) -> None:
    records = [
        Outcome(measurement=a_measurement(case, block, environment=replace(ENVIRONMENT, load_before=load)))
        for case in PLAN.cases
    ]
    run = analyse(PLAN, records)
    assert bool(overload(run, run.groups[0])) is too_much


def test_a_later_groups_first_block_comes_after_the_runs_own_slices() -> None:
    larger = tuple(replace(case, workload=replace(case.workload, batch_size=256)) for case in PLAN.cases)
    plan, busy = replace(PLAN, cases=(*PLAN.cases, *larger)), replace(ENVIRONMENT, load_before=2.5)
    records = [Outcome(measurement=a_measurement(case, 0, environment=busy)) for case in plan.cases]
    run = analyse(plan, records)
    assert [bool(overload(run, group)) for group in run.groups] == [True, False]


def test_looks_and_goal_come_from_what_was_measured() -> None:
    schedule = replace(SCHEDULE, looks=Looks(6, 30), goal=0.01)
    group = a_group_of(NOISY, schedule=schedule)
    compared = comparison_of(group.baseline, group.candidates[0], None)
    assert compared
    assert (compared.looks, compared.margin) == (Looks(6, 30), 0.01)
    plain = comparison_of(*(a_group_of(NOISY).cases[n] for n in (0, 2)), None)
    assert plain
    assert (plain.looks, plain.margin) == (None, 0.03)


def test_a_comparison_between_two_candidates_has_both_intervals() -> None:
    plan = a_plan(a_group(("eager", "function", "xla")))
    steps = {"eager": 0.05, "eager-again": 0.05, "function": 0.025, "xla": 0.02}
    (group,) = analyse(plan, outcomes(plan, steps)).groups
    comparison = judged(group, *group.candidates)
    assert comparison
    assert comparison.ratio
    assert comparison.over_time
    assert comparison.over_time.half_width > comparison.ratio.half_width


def test_the_spread_is_none_for_a_mode_against_itself_and_known_or_assumed_for_others() -> None:
    own = Spread(0.004, 7.0, "measured over 8 runs here", 8)
    known = [ComparisonSpread(EAGER.key, FUNCTION.key, own)]
    assert spread_between(known, EAGER, AGAIN) == NO_SPREAD
    assert spread_between(known, FUNCTION, replace(FUNCTION, slowdown=0.05)) == NO_SPREAD
    assert spread_between(known, EAGER, FUNCTION) == spread_between(known, FUNCTION, EAGER) == own
    assert spread_between(known, EAGER, replace(FUNCTION, slowdown=0.05)) == own
    assert spread_between(known, EAGER, a_case("xla")) == ASSUMED
    assert spread_between(known, FUNCTION, replace(FUNCTION, device="gpu")).tau


def test_modes_that_run_the_same_graph_are_told_by_their_rows() -> None:
    same: dict[str, list[str]] = {}
    for mode in MODES:
        same.setdefault(modes.graph_of(mode.name), []).append(mode.name)
    shared = {root: names for root, names in same.items() if len(names) > 1}
    assert shared == {
        "function": ["function", "function_unconverted", "function_loop"],
        "keras_predict": ["keras_predict", "keras_predict_on_batch"],
    }
