"""The section on CPU time, memory and what was executed."""

from builders import a_costs
from costed_runs import a_costed_run, usual_costs

from bench.report.form.document import Table
from bench.report.sections import costs


def test_the_table_of_costs_shows_the_share_of_the_peak_and_an_impossible_rate_is_an_alarm() -> None:
    section = costs.section(a_costed_run(usual_costs))
    spent, inside = (part for part in section.parts if isinstance(part, Table))
    assert [row["title"] for row in inside.rows] == ["eager", "tf.function", "tf.function, no AutoGraph", "XLA"]
    cells = dict(zip([column.title for column in inside.columns], inside.cells()[1], strict=True))
    assert cells["operations, after Grappler"] == "166 → 111"
    assert cells["of the matmul peak"] == "83%"
    assert "distrust" not in str(section.parts[-1])
    assert spent.cells()[0][-1] == "+0.0 in 6 steps"
    fast = a_costed_run(lambda mode: a_costs(mode, matmul_flops_per_s=150e9))
    assert "**tf.function, tf.function, no AutoGraph seem faster than that peak" in str(costs.section(fast).parts[-1])


def test_the_speedup_in_cpu_time_and_the_one_over_all_slices_stand_side_by_side() -> None:
    spent = next(part for part in costs.section(a_costed_run(usual_costs)).parts if isinstance(part, Table))
    baseline, function = (dict(zip([c.title for c in spent.columns], row, strict=True)) for row in spent.cells()[:2])
    assert (baseline["speedup in CPU time"], baseline["with disturbances"]) == ("–", "–")
    assert function["with disturbances"].startswith("2.00x [")
    assert "x" in function["speedup in CPU time"]


def test_without_recorded_costs_there_is_no_section() -> None:
    assert costs.section(a_costed_run(lambda mode: None)).parts == ()
