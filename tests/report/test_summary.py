"""summary.json: every number a number, what was not measured null, the exit code that `run` ends with."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import ENVIRONMENT, a_case, a_group, a_plan, an_accuracy_plan, outcomes
from built_reports import STEPS, built
from trainings import kept_trainings

from bench.errors import Exit
from bench.records.run import NOT_APPLICABLE, Failure, Outcome, Plan
from bench.records.store import Store
from bench.report import run as report


def summary(folder: Path, plan: Plan | None = None, blocks: int = 6, failures: tuple[Failure, ...] = ()) -> Any:
    plan = plan or a_plan()
    failed = {failure.case for failure in failures}
    kept = [outcome for outcome in outcomes(plan, STEPS, blocks) if outcome.case not in failed]
    built(folder, [*kept, *(Outcome(failure=failure) for failure in failures)], plan)
    return json.loads((folder / "summary.json").read_text())


def test_a_case_has_its_speedup_with_both_intervals_as_numbers(tmp_path: Path) -> None:
    made = summary(tmp_path)
    assert made["schema"] == 1
    assert made["exit_code"] == Exit.OK
    cases = {case["mode"]: case for case in made["cases"]}
    function = cases["function"]
    assert function["verdict"] == "FASTER"
    assert function["speedup"]["value"] == pytest.approx(STEPS["eager"] / STEPS["function"], rel=0.01)
    low, high = function["speedup"]["this_run"]
    wide_low, wide_high = function["speedup"]["over_time"]
    assert wide_low < low < function["speedup"]["value"] < high < wide_high
    assert function["step_s"]["value"] == pytest.approx(STEPS["function"], rel=0.01)
    assert function["test_accuracy"] is None
    assert (cases["eager"]["baseline"], cases["eager"]["speedup"]) == (None, None)
    assert made["recommended"][0]["mode"] == "function"
    assert made["aa_controls"][0]["value"] == pytest.approx(1, abs=0.01)
    assert {path.name for path in tmp_path.iterdir()} >= {made["paths"]["html"], *made["paths"]["raw"]}


def test_a_failed_case_says_why_and_its_numbers_are_null(tmp_path: Path) -> None:
    failed = Failure(a_case("xla"), 0, "slice", "killed from outside")
    made = summary(tmp_path, failures=(failed,))
    assert made["exit_code"] == Exit.CASE_FAILED == 4
    case = next(case for case in made["cases"] if case["mode"] == "xla")
    assert (case["verdict"], case["error"]) == ("FAILED", "slice: killed from outside")
    assert [case[name] for name in ("speedup", "step_s", "startup_s", "break_even_steps", "p_holm")] == [None] * 5


def test_what_the_reader_should_know_of_the_machine_is_among_the_warnings(tmp_path: Path) -> None:
    busy = replace(ENVIRONMENT, load_before=1.5 * ENVIRONMENT.cores)
    built(tmp_path, outcomes(a_plan(), STEPS, environment=busy))
    (warning,) = [each for each in json.loads((tmp_path / "summary.json").read_text())["warnings"] if not each["mode"]]
    assert warning["group"] is None
    assert warning["text"].startswith("the machine was busy before the run")


def test_a_mode_that_cannot_run_the_task_is_no_error(tmp_path: Path) -> None:
    made = summary(tmp_path, failures=(Failure(a_case("xla"), 0, NOT_APPLICABLE, "no such op"),))
    case = next(case for case in made["cases"] if case["mode"] == "xla")
    assert (case["verdict"], case["error"], made["exit_code"]) == ("NOT APPLICABLE", None, 0)


def test_intervals_wider_than_was_asked_for_are_not_enough_evidence(tmp_path: Path) -> None:
    plan = a_plan()
    made = summary(tmp_path, replace(plan, schedule=replace(plan.schedule, precision=1e-6)))
    assert made["exit_code"] == Exit.NOT_ENOUGH_EVIDENCE == 3


def test_one_repetition_has_no_intervals_and_nothing_measured_no_numbers(tmp_path: Path) -> None:
    one = summary(tmp_path / "one", blocks=1)
    function = next(case for case in one["cases"] if case["mode"] == "function")
    assert function["speedup"]["this_run"] is None
    none = summary(tmp_path / "none", blocks=0)
    assert none["environment"] is None
    assert none["recommended"][0]["mode"] is None
    assert {case["verdict"] for case in none["cases"]} <= {"NOT MEASURED", "NOT COMPARABLE"}


def test_trainings_beside_the_run_give_its_cases_their_accuracy(tmp_path: Path) -> None:
    plan = a_plan(a_group(("eager", "function")))
    built(tmp_path, outcomes(plan, STEPS), plan)
    kept_trainings(tmp_path / "accuracy", an_accuracy_plan())
    report.build(Store.open(tmp_path))
    made = json.loads((tmp_path / "summary.json").read_text())
    function = next(case for case in made["cases"] if case["mode"] == "function")
    assert function["test_accuracy"]["value"] == pytest.approx(0.734, abs=0.003)
    assert function["test_accuracy"]["difference"] == pytest.approx(0.002, abs=1e-3)
    assert function["test_accuracy"]["same"] is True
