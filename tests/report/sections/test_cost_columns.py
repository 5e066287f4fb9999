"""What a mode costs beside its step time stands in the main table as ratios to the baseline."""

import pytest
from builders import a_group, a_plan, outcomes

from bench.analysis.analyse import analyse
from bench.report.sections import steady
from bench.report.summary import document

STEPS = {"eager": 0.05, "eager-again": 0.05, "function": 0.025}


def test_the_main_table_has_first_step_cpu_time_and_memory_beside_the_speedup() -> None:
    """eager's first step takes 0.3 s, tf.function's 0.5 s; no CPU time was counted."""
    plan = a_plan(a_group(("eager", "function")))
    run = analyse(plan, outcomes(plan, STEPS))
    table = steady.table(run)
    cells = {row[0]: dict(zip([c.title for c in table.columns], row, strict=True)) for row in table.cells()}
    assert [cells["tf.function"][name] for name in ("first step", "CPU time", "memory")] == ["1.67x", "–", "1.00x"]
    assert cells["eager"]["first step"] == "1x"
    assert cells["eager, A/A control"]["first step"] == "–"
    of_function = document(run, None, ())["cases"][1]["costs_vs_baseline"]
    assert of_function["first_step"]["value"] == pytest.approx(5 / 3)
    assert of_function["first_step"]["low"] < 5 / 3 < of_function["first_step"]["high"]
    assert of_function["cpu"] is None
