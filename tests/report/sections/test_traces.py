"""The section on traces links each trace, says what opens it, and names what has none."""

from dataclasses import replace

from builders import a_costs, a_group, a_measurement, a_plan

from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from bench.records.costs import Traced
from bench.records.run import Outcome
from bench.report.form.card import Cover
from bench.report.form.document import Table, markdown
from bench.report.sections import traces


def a_run(*traced: str) -> Run:
    plan = a_plan(a_group(("eager", "function", "torch_eager")))
    outcomes = []
    for case in plan.cases:
        kept = case.mode in traced and not case.again
        trace = Traced(f"traces/{case.key}/trace.json.gz", 10, 10, 123) if kept else None
        outcomes.append(Outcome(measurement=a_measurement(case, costs=replace(a_costs(case.mode), trace=trace))))
    return analyse(plan, outcomes)


def test_each_trace_is_linked_and_modes_without_one_are_named() -> None:
    run = a_run("eager", "function")
    made = traces.section(run)
    table = made.parts[0]
    assert isinstance(table, Table)
    assert [row["steps"] for row in table.rows] == [10, 10]
    assert "sees nothing of them: PyTorch eager" in table.note
    text = markdown(Cover("a title", "data"), [made])
    key = run.plan.cases[0].key
    assert f"[trace.json.gz](traces/{key}/trace.json.gz)" in text
    assert "(https://ui.perfetto.dev/)" in text


def test_a_run_without_traces_has_no_such_section() -> None:
    assert traces.section(a_run()).parts == ()
