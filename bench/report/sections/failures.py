"""What failed: the table, the lines for the terminal, and the tracebacks of own models' code.

Leaves out what was measured and turned out invalid (steady.py).
"""

from bench.analysis.results import Run
from bench.records.run import NOT_APPLICABLE, NOT_AVAILABLE, Failure
from bench.report.form.document import Part, Table, column

TRACEBACKS = ("Traceback", "in user code")  # how Python's and AutoGraph's begin


def parts(run: Run) -> list[Part]:
    """Nothing where nothing failed."""
    table = _table(run)
    texts = [f"Where an own model's code failed:\n\n```text\n{text}\n```" for text in _tracebacks(run)]
    return [table, *texts] if table.rows else []


def lines(run: Run) -> list[str]:
    """A line for each way in which cases failed, however many did and however often; then the tracebacks."""
    alike: dict[tuple[str, str, str], list[Failure]] = {}
    for failure in run.breakdowns:
        alike.setdefault((failure.case.group, failure.stage, failure.message), []).append(failure)
    found = []
    for (group, stage, message), failures in alike.items():
        arms = ", ".join(dict.fromkeys(failure.case.arm for failure in failures))
        blocks = ", ".join(dict.fromkeys(str(failure.block) for failure in failures))
        found.append(f"failed: {group}, {arms}, {stage}: {message} (block {blocks})")
    return [*found, *_tracebacks(run)]


def _tracebacks(run: Run) -> list[str]:
    """Those of own models' code that raised, each once however many modes met it."""
    found: dict[str, str] = {}
    for failure in run.breakdowns:
        if failure.case.workload.own_model and failure.stderr_tail.startswith(TRACEBACKS):
            found.setdefault(failure.message, failure.stderr_tail.strip())
    return list(found.values())


def _table(run: Run) -> Table:
    columns = (
        column("case", "group"),
        column("mode", "title"),
        column("block", "block"),
        column("stage", "stage"),
        column("what happened", "message"),
        column("slices timed", "slices"),
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
        if failure.stage not in (NOT_APPLICABLE, NOT_AVAILABLE)
    )
    return Table("failures", columns, rows, "Cases that did not come through")
