"""The section on tested break-evens: one row for each mode and number of steps, and the verdict on the prediction."""

import pytest
from builders import a_case

from bench.analysis.stats.ratios import Summary
from bench.records.breakeven import TriedBreakEven, TriedBreakEvens
from bench.records.run import FORMAT, Failure
from bench.report.form.document import Table
from bench.report.sections import breakeven

HELD = [(0.8, 0.9, True, "held"), (0.8, 0.9, False, "did not hold"), (1.1, 1.2, False, "held")]


UNSURE = [(0.9, 1.1, True, "uncertain"), (None, None, True, "uncertain")]


@pytest.mark.parametrize(("low", "high", "below", "verdict"), HELD + UNSURE)
def test_a_prediction_is_judged_by_the_whole_interval(
    low: float | None, high: float | None, below: bool, verdict: str
) -> None:
    assert breakeven.verdict(Summary(0.85, low, high, 6), below) == verdict


@pytest.mark.parametrize(("below", "verdict"), [(True, "likely held"), (False, "likely did not hold")])
def test_few_pairs_make_it_likely(below: bool, verdict: str) -> None:
    assert breakeven.verdict(Summary(0.85, 0.8, 0.9, 5), below) == verdict


@pytest.mark.parametrize(
    ("pairs", "summary"),
    [(3, "2 of 2 predictions likely held"), (6, "2 of 2 predictions held"), (0, "Nothing was tested")],
)
def test_the_first_line_counts_what_held(pairs: int, summary: str) -> None:
    below = [a_trial(21, repeat, 1.0 + repeat / 100, 1.25) for repeat in range(pairs)]
    above = [a_trial(81, repeat, 2.0 + repeat / 100, 1.6) for repeat in range(pairs)]
    assert breakeven.section(TriedBreakEvens(FORMAT, (*below, *above))).summary == summary


def a_trial(steps: int, repeat: int, baseline_s: float, candidate_s: float) -> TriedBreakEven:
    """A trial of tf.function, for which 40 steps after the first were predicted."""
    return TriedBreakEven(a_case("function"), 40.0, steps, repeat, baseline_s, candidate_s)


def test_repeats_of_the_same_steps_are_one_row() -> None:
    below = [a_trial(21, repeat, 1.0 + repeat / 100, 1.25) for repeat in range(3)]
    above = [a_trial(81, repeat, 2.0 + repeat / 100, 1.6) for repeat in range(3)]
    table = breakeven.table(TriedBreakEvens(FORMAT, (*below, *above)))
    cells = ("predicted", "steps", "pairs", "expected", "verdict")
    assert [tuple(row[cell] for cell in cells) for row in table.rows] == [
        ("40 steps", 21, 3, "below 1", "likely held"),
        ("40 steps", 81, 3, "above 1", "likely held"),
    ]
    assert table.columns[0].title == "mode"


def test_failures_are_listed_after_the_table() -> None:
    failed = Failure(a_case("function"), 0, "build", "it died")
    table, _, failures = breakeven.section(TriedBreakEvens(FORMAT, (), (failed,))).parts
    assert isinstance(table, Table)
    assert str(failures).endswith("build: it died")
