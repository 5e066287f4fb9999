"""Failed cases: the table, the lines for the terminal, and the tracebacks of a user's own model."""

from collections.abc import Sequence

from bench.analysis.results import Run
from bench.records.run import NO_FAULT, Failure
from bench.report.form.document import Part, Table, Verbatim, column, counted
from bench.report.form.wording import grouping

TRACEBACKS = ("Traceback", "in user code")  # how Python's and AutoGraph's begin


def parts(run: Run) -> list[Part]:
    """The table and the tracebacks; empty where nothing failed."""
    table = _table(run)
    texts = [part for text in _tracebacks(run) for part in ("Where an own model's code failed:", Verbatim(text))]
    return [table, *texts] if table.rows else []


def lines(run: Run) -> list[str]:
    """One line for all failures of a group with the same stage and message; then the tracebacks."""
    by_message: dict[tuple[str, str, str], list[Failure]] = {}
    for failure in run.breakdowns:
        by_message.setdefault((failure.case.group, failure.stage, failure.message), []).append(failure)
    return [*(_line(failures) for failures in by_message.values()), *_tracebacks(run)]


def _line(failures: Sequence[Failure]) -> str:
    first = failures[0]
    arms = ", ".join(dict.fromkeys(failure.case.arm for failure in failures))
    blocks = ", ".join(dict.fromkeys(str(failure.block) for failure in failures))
    return f"failed: {first.case.group}, {arms}, {first.stage}: {first.message} (repetition {blocks})"


def _tracebacks(run: Run) -> list[str]:
    """The tracebacks of own models, one for each message."""
    by_message: dict[str, str] = {}
    for failure in run.breakdowns:
        if failure.case.workload.own_model and failure.stderr_tail.startswith(TRACEBACKS):
            by_message.setdefault(failure.message, failure.stderr_tail.strip())
    return list(by_message.values())


def _table(run: Run) -> Table:
    columns = (
        column("mode", "title"),
        counted("repetition", "block"),
        column("stage", "stage"),
        column("what happened", "message"),
        counted("slices timed", "slices"),
    )
    rows = tuple(
        {
            "group": group.title,
            "mode": result.case.mode,
            "title": result.title,
            "block": failure.block,
            "stage": failure.stage,
            "message": failure.message,
            "slices": len(failure.slices_s),
        }
        for group, result in run.rows()
        for failure in result.failures
        if failure.stage not in NO_FAULT
    )
    return Table("failures", columns, rows, "Cases that failed", group=grouping(run))
