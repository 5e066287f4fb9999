"""The verdict card in every form that a run can come to, and the main table beside it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from builders import ENVIRONMENT, a_group, a_plan, an_accuracy_plan, outcomes
from built_reports import STEPS
from swept_runs import a_sweep
from trainings import kept_trainings

from bench.analysis.analyse import analyse
from bench.analysis.learning import read_learning
from bench.analysis.results import Run
from bench.records.run import Failure, Outcome
from bench.report import summary
from bench.report.form.card import Card, Fact
from bench.report.form.document import Table
from bench.report.questions.advice import choose
from bench.report.sections import answer, card_facts, steady, sweep
from bench.report.sections.cards import card


def a_run(modes: Sequence[str] = (), blocks: int = 6, **steps: float) -> Run:
    plan = a_plan(a_group(tuple(modes))) if modes else a_plan()
    return analyse(plan, outcomes(plan, {**STEPS, **steps}, blocks))


def lines(made: Card) -> list[str]:
    return [fact.line for fact in made.facts]


def test_the_card_says_what_to_use_by_how_much_and_how_sure() -> None:
    made = card(a_run(), None)
    assert (made.title, made.value, made.unit, made.tone) == ("Use tf.function", "2.00x", "speedup vs eager", "good")
    assert dict(made.ranges) == {"over_time": "[1.89, 2.11]", "this_run": "[2.00, 2.00]"}
    assert lines(made) == [
        "Break-even after 8 steps [8, 8]",
        "XLA does not pay here: 2.40x slower [2.27, 2.54] than tf.function",
        "Not told apart from the fastest: TF1 graph",
    ]
    assert made.sure.startswith("6 repetitions; A/A control 1.00x [1.00, 1.00]; run-to-run spread")


def test_few_repetitions_are_likely_and_one_has_no_multiple() -> None:
    likely, one = card(a_run(blocks=3), None), card(a_run(blocks=1), None)
    assert (likely.title, likely.tone) == ("Likely: use tf.function", "open")
    assert "3 repetitions of the 6" in likely.sure
    assert lines(likely)[1].startswith("XLA likely does not pay here: 2.40x slower [")
    assert (one.value, one.unit) == ("1 of 6", "repetitions")
    assert "x" not in one.value
    table = next(part for part in answer.section(a_run(blocks=1), None).parts if isinstance(part, Table))
    assert not table.picked
    swept, records = a_sweep({"function": {8: 2.0, 64: 1.5}})
    assert card(analyse(swept, [o for o in records if o.block == 0]), None).value == "1 of 6"


def test_where_nothing_is_faster_the_baseline_is_kept() -> None:
    made = card(a_run(graph=0.06, function=0.055, xla=0.07), None)
    assert (made.title, made.value) == ("Keep eager", "50.1")
    assert lines(made)[0] == "tf.function: 1.10x slower [1.04, 1.16]"


def test_a_mode_that_is_as_fast_and_needs_fewer_changes_is_used() -> None:
    plan = a_plan(a_group(("graph", "function")))
    made = card(analyse(plan, outcomes(plan, {"graph": 0.025, "graph-again": 0.025, "function": 0.025})), None)
    assert made.title == "Use tf.function: as fast as TF1 graph"


def test_where_xla_is_best_the_card_says_what_it_adds() -> None:
    made = card(a_run(xla=0.01), None)
    assert (made.title, made.value) == ("Use XLA", "5.00x")
    assert "XLA pays here: 2.50x [2.36, 2.64] vs tf.function" in lines(made)
    assert "XLA likely pays here: 2.50x [2.36, 2.64] vs tf.function" in lines(card(a_run(xla=0.01, blocks=3), None))
    assert lines(card(a_run(("eager", "xla"), xla=0.025), None)) == ["Break-even after 88 steps [83, 93]"]  # no other


def test_nothing_measured_nothing_valid_and_no_baseline_are_said_in_the_same_form() -> None:
    nothing = card(analyse(a_plan(), []), None)
    assert (nothing.value, nothing.tone) == ("NOT MEASURED", "bad")
    retraced = [
        Outcome(measurement=replace(m, proof=replace(m.proof, traces_while_timing=2))) if m.case.mode != "eager" else o
        for o in outcomes(a_plan(), STEPS)
        if (m := o.measurement)
    ]
    invalid = card(analyse(a_plan(), retraced), None)
    assert (invalid.title, invalid.value) == ("No mode can be compared", "INVALID")
    assert lines(invalid)[0] == "TF1 graph is INVALID"
    failed = [
        Outcome(failure=Failure(o.case, o.block, "build", "it died")) if o.case.mode == "eager" else o
        for o in outcomes(a_plan(), STEPS)
    ]
    broken = card(analyse(a_plan(), failed), None)
    assert (broken.value, lines(broken)) == ("FAILED", ["it died"])


def test_a_run_of_the_baseline_alone_says_so() -> None:
    made = card(a_run(("eager",)), None)
    assert (made.title, made.value) == ("Only the baseline was measured", "50.1")


def test_a_sweep_says_what_the_choice_depends_on_and_a_fact_for_each_size() -> None:
    both = card(analyse(*a_sweep({"function": {8: 2.0, 64: 1.5}, "xla": {8: 4.0, 64: 1.0}})), None)
    assert both.title == "It depends on the batch size"
    assert both.value == "XLA"
    assert [line.partition(" [")[0] for line in lines(both)] == ["batch 8: XLA 4.00x", "batch 64: tf.function 1.50x"]
    same = card(analyse(*a_sweep({"function": {8: 2.0, 64: 1.5}})), None)
    assert (same.title, same.value) == ("Use tf.function in all 2 cases", "1.5x to 2x")


def test_trainings_beside_a_run_stand_on_the_card_and_in_the_table(tmp_path: Path) -> None:
    kept_trainings(tmp_path / "accuracy", an_accuracy_plan(("eager", "function"), seeds=3))
    learned = read_learning(tmp_path / "accuracy")
    run = a_run()
    assert any("test accuracy" in line.lower() for line in lines(card(run, learned)))
    titles = [column.title for column in steady.table(run, learned).columns]
    assert "test accuracy vs eager" in titles
    assert any(title.startswith("to 72.07 %") or title.startswith("to ") for title in titles)
    accuracies = {row["mode"]: row["accuracy"] for row in steady.table(run, learned).rows}
    assert accuracies["function"] is not None
    assert accuracies["graph"] is None


def test_without_trainings_the_column_says_which_command_fills_it() -> None:
    table = steady.table(a_run())
    assert "test accuracy" in [column.title for column in table.columns]
    assert "`cifar-bench accuracy --out RUN/accuracy`" in table.note


def test_the_fastest_mode_stands_first_and_the_advised_one_is_tinted() -> None:
    run = a_run(graph=0.0249)
    choice = choose(run.groups[0])
    assert choice
    table = steady.table(run, None, [choice.chosen])
    assert [row["mode"] for row in table.rows] == ["graph", "function", "eager", "eager", "xla"]
    assert [table.rows[number]["mode"] for number in table.picked] == ["function"]


def test_the_first_section_is_the_card_the_figure_the_table_and_the_caveats() -> None:
    parts = answer.section(a_run(blocks=2), None).parts
    assert [type(part).__name__ for part in parts] == ["Card", "Figure", "Table", "str"]


def test_few_repetitions_of_several_cases_are_likely_too_and_so_is_where_modes_change_places() -> None:
    plan, records = a_sweep({"function": {8: 0.5, 64: 2.0}})
    whole, few = (analyse(plan, [o for o in records if o.block < blocks]) for blocks in (6, 3))
    assert card(whole, None).title == "It depends on the batch size"
    assert card(few, None).title == "Likely: it depends on the batch size"
    assert "**tf.function overtakes eager between" in " ".join(sweep.sentences(whole))
    assert "**tf.function likely overtakes eager between" in " ".join(sweep.sentences(few))


def test_a_card_on_several_cases_says_first_that_the_machine_was_overloaded() -> None:
    plan, records = a_sweep({"function": {8: 0.5, 64: 2.0}})

    def first_line(load: float) -> str:
        busy = [
            replace(o, measurement=replace(o.measurement, environment=replace(ENVIRONMENT, load_before=load)))
            for o in records
            if o.measurement
        ]
        return lines(card(analyse(plan, busy), None))[0]

    assert first_line(9.0) == f"The machine was overloaded: load 9 on {ENVIRONMENT.cores} cores"
    assert first_line(0.1).startswith("batch 8: ")


def test_a_card_on_several_cases_names_those_in_which_cpu_time_says_something_else(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plan, records = a_sweep({"function": {8: 0.5, 64: 2.0}})
    run = analyse(plan, records)

    def first_fact(of_batches: tuple[int, ...]) -> Fact:
        said = [Fact("warn", "It is faster in wall time only", "in CPU time 0.90x")]
        monkeypatch.setattr(
            card_facts, "known_first", lambda _, group, __: said if group.workload.batch_size in of_batches else []
        )
        return card(run, None).facts[0]

    assert first_fact((8,)) == Fact("warn", "batch 8: it is faster in wall time only", "in CPU time 0.90x")
    assert first_fact((8, 64)).line == f"CPU time says something else in 2 of {len(run.groups)} cases"
    assert first_fact((8, 64)).small == "batch 8 and batch 64"


def test_one_repetition_recommends_nothing_anywhere() -> None:
    run = a_run(blocks=1)
    assert [choose(group) for group in run.groups] == [None]
    assert summary.document(run, None, ())["recommended"][0]["mode"] is None
    likely = summary.document(a_run(blocks=3), None, ())["recommended"][0]
    assert (likely["mode"], likely["verdict"], likely["rough"]) == ("function", "LIKELY FASTER", True)
