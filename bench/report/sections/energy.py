"""The table of what a step costs in electricity, of GPUs that count it."""

from bench.analysis import energy
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.report.form.document import Row, Table, column, measured
from bench.report.form.wording import grouping

METHOD = (
    "The GPU's own energy counter over at least 3 s of steps, after the timing, one mode at a time, in the first three "
    "repetitions. *Idle*: right before, with the same processes alive and nothing to compute. It counts the GPU alone, "
    "not the CPU or the machine."
)


def table(run: Run) -> Table:
    """A row for each valid mode whose energy was counted."""
    columns = (
        column("mode", "title"),
        measured("energy (J a step)", "joules"),
        measured("above idle (J a step)", "above_idle"),
        measured("power (W)", "busy_w"),
        measured("idle (W)", "idle_w"),
    )
    rows = tuple(row for group, result in run.rows() if (row := _row(group, result)))
    return Table("energy", columns, rows, "Energy of a step", group=grouping(run))


def _row(group: GroupResult, result: CaseResult) -> Row | None:
    if not (joules := energy.joules_a_step(result)):
        return None
    return {
        "group": group.title,
        "mode": result.case.mode,
        "again": result.case.again,
        "title": result.title,
        "joules": joules,
        "above_idle": energy.joules_above_idle(result),
        "busy_w": energy.power_w(result),
        "idle_w": energy.idle_w(result),
    }
