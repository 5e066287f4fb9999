"""What is counted beside the clock, and what the report makes of it."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from builders import a_costs, a_group, a_measurement, a_plan, an_evidence, outcomes

from bench.analysis import costs, metrics
from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from bench.records.costs import Costs, Profile
from bench.records.run import Outcome
from bench.report.form.document import Table
from bench.report.sections import costs as costs_section
from bench.report.sections import why

GROUP = ("eager", "function", "function_unconverted", "xla")


def a_run(costs_of: Callable[[str], Costs | None]) -> Run:
    """Six blocks: tf.function twice as fast as eager, XLA half as fast, each with its costs."""
    plan = a_plan(a_group(GROUP))
    steps = {"eager": 0.04, "eager-again": 0.04, "function": 0.02, "function_unconverted": 0.02, "xla": 0.08}
    measured = [
        replace(outcome, measurement=replace(outcome.measurement, costs=costs_of(outcome.case.mode)))
        for outcome in outcomes(plan, steps)
        if outcome.measurement
    ]
    return analyse(plan, measured)


def usual(mode: str) -> Costs:
    """A measurement's three slices of two steps take six steps: 6 x 40 ms in eager, on one core."""
    cpu_s = {"eager": 0.24, "function": 0.24, "function_unconverted": 0.24, "xla": 0.48}[mode]
    return a_costs(mode, cpu_s=cpu_s)


def test_cpu_time_of_a_step_and_cores_busy_come_from_the_same_count() -> None:
    measurement = a_measurement(step_s=0.05, costs=a_costs("eager", cpu_s=0.45))
    assert metrics.cpu_s(measurement) == pytest.approx(0.45 / 6)
    assert metrics.cores(measurement) == pytest.approx(1.5)
    assert metrics.cpu_s(a_measurement()) is None


def test_a_ratio_splits_exactly_into_work_and_cores() -> None:
    run = a_run(usual)
    function, xla = run.groups[0].candidates[0], run.groups[0].candidates[2]
    found = costs.split(run.groups[0].baseline, function)
    assert found
    assert (found.work, found.cores) == pytest.approx((1.0, 2.0), rel=0.01)
    assert found.work * found.cores == pytest.approx(2.0, rel=0.01)
    slower = costs.split(run.groups[0].baseline, xla)
    assert slower
    assert (slower.work, slower.cores) == pytest.approx((0.5, 1.0), rel=0.01)


def test_why_names_the_larger_cause_first_in_one_sentence_a_comparison() -> None:
    (text,) = why.section(a_run(usual)).parts
    assert isinstance(text, str)
    function, _, xla = text.splitlines()
    assert function.startswith("- **tf.function, 2.00x")
    assert "it keeps more cores busy (2.00 against 1.00), and it needs 40.0 ms of CPU time a step" in function
    assert "eager 40.0 (as much)" in function
    assert "Python and dispatch take 1.00 of its 20.0 ms (1 call a step), 20.0 of eager's 40.1 (80 calls)" in function
    assert "Grappler left 111 of 166 operations" in function
    assert "it needs 80.0 ms of CPU time a step, eager 40.0 (0.500 times as much)" in xla
    assert "XLA made 94 fusions of its 683 instructions" in xla


def test_nothing_is_explained_where_nothing_was_counted_or_a_gpu_computes() -> None:
    run = a_run(lambda mode: None)
    assert why.section(run).parts == ()
    assert costs_section.section(run).parts == ()
    assert costs.outside_s(run.groups[0].baseline) is None


def test_the_table_of_costs_shows_the_share_of_the_peak_and_an_impossible_rate_is_an_alarm() -> None:
    section = costs_section.section(a_run(usual))
    spent, inside = (part for part in section.parts if isinstance(part, Table))
    assert [row["title"] for row in inside.rows] == ["eager", "tf.function", "tf.function, no AutoGraph", "XLA"]
    cells = dict(zip([column.title for column in inside.columns], inside.cells()[1], strict=True))
    assert cells["operations, after Grappler"] == "166 → 111"
    assert cells["of the matmul peak"] == "83%"
    assert "distrust" not in str(section.parts[-1])
    assert spent.cells()[0][-1] == "+0.0 in 6 steps"
    fast = a_run(lambda mode: a_costs(mode, matmul_flops_per_s=150e9))
    assert "**tf.function, tf.function, no AutoGraph seem faster than that peak" in str(
        costs_section.section(fast).parts[-1]
    )


def test_growth_is_the_median_over_blocks() -> None:
    plan = a_plan(a_group(("eager",)))
    measured = []
    for block, grown in enumerate((0, 4, 100)):
        found = a_measurement(plan.cases[0], block, evidence=an_evidence())
        found = replace(found, costs=replace(a_costs("eager"), memory_after_bytes=2**30 + grown * 2**20))
        measured.append(Outcome(measurement=found))
    eager = analyse(plan, measured).groups[0].baseline
    assert costs.growth_bytes(eager) == 4 * 2**20


def test_the_share_outside_kernels_and_the_calls_come_from_the_profile() -> None:
    profile = Profile(5, 0.2, 0.1, 400)
    run = a_run(lambda mode: replace(usual(mode), profile=profile))
    assert costs.outside_share(run.groups[0].baseline) == pytest.approx(0.5)
    assert costs.calls(run.groups[0].baseline) == 80
