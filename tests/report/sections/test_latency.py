"""The section on inference has a row a mode, and no parts in a run that trains."""

from dataclasses import replace

from builders import a_group, a_plan, outcomes

from bench.analysis.analyse import analyse
from bench.records.costs import Costs, Latency
from bench.records.run import Outcome
from bench.report.form.document import Table
from bench.report.sections import latency

STEPS = {"eager": 0.05, "eager-again": 0.05, "function": 0.02}


def answered(outcome: Outcome) -> Outcome:
    assert outcome.measurement
    costs = Costs(1.0, 1, 1, latency=Latency(500, 0.002, 0.004, 0.010))
    return replace(outcome, measurement=replace(outcome.measurement, costs=costs))


def test_each_mode_has_its_latency_and_throughput() -> None:
    plan = a_plan(a_group(("eager", "function")))
    found = latency.section(analyse(plan, list(map(answered, outcomes(plan, STEPS, 6)))))
    (table,) = [part for part in found.parts if isinstance(part, Table)]
    assert [row["title"] for row in table.rows] == ["eager", "tf.function"]
    shown = [[column.text(row) for column in table.columns] for row in table.rows]
    assert shown[0][1:4] == ["2.00 [2.00, 2.00]", "4.00 [4.00, 4.00]", "10.0 [10.0, 10.0]"]
    assert shown[1][4] == "3000"


def test_a_run_that_trains_has_no_such_section() -> None:
    plan = a_plan(a_group(("eager", "function")))
    assert latency.section(analyse(plan, outcomes(plan, STEPS, 6))).parts == ()
