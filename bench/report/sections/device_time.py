"""The table that sets what the GPU did beside the time that the host measured: is its clock stopped too early?"""

from functools import partial

from bench.analysis import costs
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.report.form.document import Column, Row, Table, column, counted, number_of
from bench.report.form.wording import grouping, number

METHOD = (
    "A few steps under TensorFlow's profiler, in the first repetition, after the timing; it slows them a little. *Busy "
    "after the clock stopped* must be next to nothing, else the mode is timed without waiting for its end. Where the "
    "GPU is busy for much less than the host's time, it waits for Python, for dispatch or for data."
)
PARTS = (
    ("the host's clock (ms a step)", "window_s"),
    ("GPU busy (ms a step)", "busy_s"),
    ("copying (ms a step)", "copying_s"),
)


def table(run: Run) -> Table:
    """A row for each case whose GPU was profiled."""
    late = Column(
        "busy after the clock stopped (ms)",
        lambda row: _ms(row["after_s"]),
        "after_s",
        partial(number_of, key="after_s"),
    )
    columns = (
        column("mode", "title"),
        *(Column(title, partial(_cell, key=key), key, partial(number_of, key=key)) for title, key in PARTS),
        Column("busy", lambda row: f"{row['busy_share']:.0%}", "busy_share", partial(number_of, key="busy_share")),
        late,
        counted("kernels a step", "kernels"),
    )
    rows = tuple(row for group, result in run.rows() if (row := _row(group, result)))
    return Table("device_time", columns, rows, "The GPU's time within the host's", group=grouping(run))


def _row(group: GroupResult, result: CaseResult) -> Row | None:
    profile = costs.profile(result)
    if not profile or not (device := profile.device):
        return None
    return {
        "group": group.title,
        "mode": result.case.mode,
        "again": result.case.again,
        "title": result.title,
        **{key: getattr(device, key) / profile.steps for _, key in PARTS},
        "busy_share": device.busy_s / device.window_s,
        "after_s": device.after_s,
        "kernels": round(device.kernels / profile.steps),
    }


def _cell(row: Row, key: str) -> str:
    return _ms(row[key])


def _ms(value: object) -> str:
    return number(value * 1e3) if isinstance(value, float) else "–"
