"""What the terminal says of a run: the fastest first, the mode to use, how sure that is, what qualifies it."""

from dataclasses import replace
from pathlib import Path

import pytest
from builders import a_case, a_group, a_plan, an_accuracy_plan, outcomes
from trainings import kept_trainings

from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from bench.commands import run_result
from bench.records.run import Failure, Outcome

STEPS = {"eager": 0.05, "eager-again": 0.05, "graph": 0.03, "function": 0.02, "xla": 0.06}


def a_run(steps: dict[str, float] = STEPS, blocks: int = 6, failed: str = "") -> Run:
    plan = a_plan(a_group(("eager", "graph", "function", "xla")))
    kept = [o for o in outcomes(plan, steps, blocks) if o.case.mode != failed]
    failures = [Outcome(failure=Failure(a_case(failed), 0, "slice", "killed"))] if failed else []
    return analyse(plan, [*kept, *failures])


def lines(run: Run) -> str:
    return "\n".join(run_result.verdict_lines(run, run.groups[0]))


def test_the_fastest_is_first_the_baseline_in_its_place_and_the_mode_to_use_is_marked() -> None:
    grid = run_result.table(a_run().groups[0], None)
    assert [row[0] for row in grid.rows] == ["tf.function", "TF1 graph", "eager", "XLA"]
    assert grid.picked == {0}
    cells = dict(zip(grid.titles, grid.rows[0], strict=True))
    assert (cells["speedup"], cells["step ms"], cells["verdict"]) == ("2.50x", "20.0", "FASTER")
    slower = dict(zip(grid.titles, grid.rows[3], strict=True))
    assert slower["speedup"] == "1.20x slower"


def test_a_faster_mode_is_recommended_with_its_break_even_and_xla_is_judged_apart() -> None:
    said = lines(a_run())
    assert said.startswith("Use tf.function: 2.50x vs eager [")
    assert "; break-even after 7 steps" in said
    assert "XLA does not pay here: 3.00x slower [" in said
    assert "How sure: 6 repetitions; A/A control 1.00x [" in said
    assert "run-to-run spread 2.5 % (assumed)" in said


def test_few_repetitions_make_it_likely_only() -> None:
    said = lines(a_run(blocks=3))
    assert said.startswith("Likely: use tf.function: 2.50x")
    assert "3 repetitions (fewer than the 6 that a claim needs)" in said
    assert "XLA likely does not pay here: 3.00x slower [" in said


def test_one_repetition_recommends_nothing_and_marks_no_row() -> None:
    run = a_run(blocks=1)
    assert lines(run).startswith("No verdict: one repetition gives no interval.")
    assert run_result.table(run.groups[0], None).picked == frozenset()


def test_where_nothing_is_faster_the_baseline_is_kept() -> None:
    said = lines(a_run({**STEPS, "graph": 0.051, "function": 0.052}))
    assert said.startswith("Keep eager: no mode was shown to be faster (TF1 graph 0.98x [")


def test_a_failed_mode_is_in_the_table_without_numbers_and_last() -> None:
    grid = run_result.table(a_run(failed="function").groups[0], None)
    last = dict(zip(grid.titles, grid.rows[-1], strict=True))
    assert (last["mode"], last["speedup"], last["verdict"]) == ("tf.function", "", "FAILED")


def test_without_a_measurement_the_reason_stands_in_the_verdict_s_place() -> None:
    assert lines(a_run(failed="eager")).startswith("No comparison: TF1 graph: the baseline (eager) has no valid")
    assert lines(analyse(a_plan(), [])).startswith("No comparison: ")


def test_trainings_beside_the_run_fill_the_column_of_accuracies(tmp_path: Path) -> None:
    trainings = kept_trainings(tmp_path / "accuracy", an_accuracy_plan())
    grid = run_result.table(a_run().groups[0], trainings)
    assert grid.rows[0][grid.titles.index("accuracy")].startswith("73.")
    assert "accuracy" not in run_result.table(a_run().groups[0], None).titles


def test_the_first_warnings_stand_and_the_rest_are_counted() -> None:
    run = a_run(blocks=2)
    said = run_result.warnings(run, ["the machine was busy"])
    assert said[0] == "the machine was busy"
    assert len(said) <= run_result.MOST_WARNINGS + 1
    assert run_result.warnings(replace(run, groups=()), []) == []


@pytest.mark.parametrize("blocks", [0, 1, 6])
def test_the_title_names_what_the_numbers_belong_to(blocks: int) -> None:
    run = a_run(blocks=blocks)
    title = run_result.title(run, run.groups[0])
    assert title.startswith(run.groups[0].title)
    assert ("TensorFlow 2." in title) == (blocks > 0)
