"""Tested break-evens for other programs, as `breakeven --json` prints them (see summary.py)."""

from typing import Any

from bench.errors import Exit
from bench.records.breakeven import TriedBreakEvens
from bench.report.form.document import summary_of
from bench.report.sections.breakeven import table
from bench.report.summary import head, interval


def document(trials: TriedBreakEvens) -> dict[str, Any]:
    """Each prediction with the ratio of total times, above 1 where the mode was faster in all; then what failed."""
    return {
        **head("breakeven", exit_code(trials), ["trials.json"]),
        "predictions": [
            {
                **{name: row[name] for name in ("group", "mode", "title", "steps", "pairs", "expected", "verdict")},
                **{name: interval(summary_of(row, name)) for name in ("baseline_s", "candidate_s", "ratio")},
            }
            for row in table(trials).rows
        ],
        "failures": [
            {"mode": each.case.mode, "key": each.case.key, "text": f"{each.stage}: {each.message}"}
            for each in trials.failures
        ],
    }


def exit_code(trials: TriedBreakEvens) -> Exit:
    """The exit code of `breakeven`: whether every training came to its end."""
    return Exit.CASE_FAILED if trials.failures else Exit.OK
