"""The report of a self-test: whether it passed, and its tables."""

from made_up_selftests import RECORD, made_up

from bench.analysis.analyse import analyse
from bench.analysis.selftest import evaluate
from bench.records.run import Failure, Outcome
from bench.report import selftest as report


def test_the_sentence_says_whether_it_passed_and_what_was_measured() -> None:
    passed = report.sentence(evaluate(RECORD, made_up(3, 0.01), [6]))
    assert passed.startswith("Self-test passed: 0 false positives in 3 runs")
    failed = report.sentence(evaluate(RECORD, made_up(3, 0.01, factor=0.5), [6]))
    assert failed.startswith("**Self-test failed**: ")


def test_cases_that_failed_are_counted_and_the_first_is_named() -> None:
    whole, broken = made_up(2, 0.01)
    failures = [Outcome(failure=Failure(case, 0, "slice", "it was killed")) for case in broken.plan.cases]
    result = evaluate(RECORD, [whole, analyse(broken.plan, failures)], [6])
    assert "5 times a case failed: run 01, function: failed at slice" in report.sentence(result)


def test_without_a_measured_run_nothing_is_claimed() -> None:
    nothing = evaluate(RECORD, [], [])
    assert report.sentence(nothing) == "No run has been measured yet, so nothing can be said."
    assert [table.name for table in report.tables(nothing)] == ["clock", "harness"]


def test_the_tables_have_the_control_first_then_a_row_for_each_slowdown() -> None:
    result = evaluate(RECORD, made_up(3, 0.01), [6])
    rows = report.recovery(result).rows
    assert [row["slowed"] for row in rows] == ["nothing (A/A)", "2%", "5%", "20%"]
    assert rows[0]["found"] == "0 of 3 runs"
    assert report.recovery(result).cells()[3][2] == "3 of 3 runs"
    assert report.harness(result).cells() == [["function", "10.1", "10.0", "1.01x [1.01, 1.01]", "6"]]


def test_the_smallest_change_is_given_by_the_number_of_repetitions_and_falls_with_it() -> None:
    rows = report.resolution(evaluate(RECORD, made_up(3, 0.01), report.BLOCKS)).rows
    assert [row["blocks"] for row in rows] == list(report.BLOCKS)
    assert [row["share"] for row in rows] == sorted((row["share"] for row in rows), reverse=True)  # type: ignore[type-var]
