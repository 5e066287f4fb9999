"""Every column that any report of a run can show is explained in the glossary."""

from dataclasses import replace
from pathlib import Path

import pytest
from builders import a_case, a_costs, a_group, a_plan, an_accuracy_plan, outcomes

from bench.analysis.analyse import analyse
from bench.analysis.learning import Learning, ModeLearning
from bench.analysis.sweep import BATCH_SIZES, THREADS
from bench.records.breakeven import TriedBreakEvens
from bench.records.run import Failure, Outcome
from bench.records.store import Store
from bench.report import run as report
from bench.report.form.document import Section, Table
from bench.report.sections import breakeven, costs, failures, glossary, learning_tables, more_terms, sweep

STEPS = {
    "eager": 0.05, "eager-again": 0.05, "graph": 0.025, "function": 0.025, "xla": 0.06, "function_loop": 0.02,
    "autocluster": 0.05,
}  # fmt: skip


def terms(sections: list[Section]) -> set[str]:
    """The keys under which the columns of these sections' tables are explained."""
    tables = [part for section in sections for part in section.parts if isinstance(part, Table)]
    return {column.term for table in tables for column in table.columns}


def test_every_column_of_a_report_is_explained_in_its_glossary(tmp_path: Path) -> None:
    plan = a_plan((*a_group(), *(replace(case, threads=1) for case in a_group())))
    gpu = a_costs("eager", device_peak_bytes=2**20)
    records = [*outcomes(plan, STEPS, costs=gpu), Outcome(failure=Failure(a_case("xla"), 7, "slice", "died"))]
    store = Store.create(tmp_path / "run", plan)
    for outcome in records:
        store.keep(outcome)
    built = report.build(store)
    shown = terms(list(built.sections))
    text = built.path.read_text().partition("## Glossary")[2]
    assert len(shown) > 40
    assert {"device_peak_bytes", "message", "rule", "over_time", "operation_cpu_s"} <= shown
    assert [key for key in shown if f"- **{glossary.term(key).word}**: " not in text] == []


def test_columns_that_need_more_than_a_plain_run_are_explained_too() -> None:
    plan = a_plan((*a_group(), *(a_case(c.mode, c.again, batch_size=8) for c in a_group())))
    run = analyse(plan, outcomes(plan, STEPS))
    parts = [
        (breakeven.table(TriedBreakEvens(1)),),
        sweep.over_batch_sizes(run).parts,
        failures.parts(run),
        costs.section(run).parts,
    ]
    found = terms([Section("", tuple(each)) for each in parts])
    assert {"batch_size", "prediction"} <= found
    assert [key for key in found if not glossary.term(key).meaning] == []
    assert glossary.term(BATCH_SIZES.name.replace(" ", "_"))
    assert glossary.term(THREADS.name.replace(" ", "_"))


def test_columns_of_trainings_beside_a_run_are_explained() -> None:
    learned = Learning(an_accuracy_plan(), (ModeLearning("eager", ()), ModeLearning("function", ())))
    found = terms([Section("", (learning_tables.table(learned), learning_tables.to_target(learned)))])
    assert "sooner_all" in found
    assert [key for key in found if not glossary.term(key).meaning] == []


def test_a_column_that_nobody_explained_is_found() -> None:
    with pytest.raises(KeyError, match="furlongs"):
        glossary.term("furlongs")


def test_no_key_has_two_meanings() -> None:
    assert not {*glossary.TERMS} & {*more_terms.TERMS}
