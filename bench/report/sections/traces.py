"""The section on traces: a link for each, and what opens them."""

from bench import modes
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.records.costs import Traced
from bench.records.folders import TRACES
from bench.report.form.document import Row, Section, Table, column, counted
from bench.report.form.wording import grouping

_HOW = (
    "A trace shows what TensorFlow's runtime executed when, on which thread, over a few steps of the first repetition, "
    "after the timing. The profiler slows each op, eager's most: read the order and the gaps here, and the times in "
    "the other tables. Each marker `train` is one call that takes steps."
)
_PERFETTO = (
    "- Perfetto: on [ui.perfetto.dev](https://ui.perfetto.dev/) choose *Open trace file* and take a `trace.json.gz`. "
    "The file stays on your machine."
)
_TENSORBOARD = (
    f"- TensorBoard or XProf: `pip install xprof tensorboard`, then `tensorboard --logdir RUN/{TRACES}` and the tab "
    f"*Profile*, or `xprof RUN/{TRACES}`. Each configuration is a run there."
)


def section(run: Run) -> Section:
    """No parts where the run kept no traces."""
    traced = [(group, r, trace) for group, r in run.rows() if (trace := _trace(r))]
    if not traced:
        return Section("", ())
    columns = (
        column("mode", "title", role="key"),
        column("trace", "link", ""),
        counted("steps", "steps", ""),
        counted("markers", "markers", ""),
        counted("events", "events", ""),
    )
    rows = tuple(_row(*each) for each in traced)
    table = Table("traces", columns, rows, "Traces", _without(run), grouping(run))
    return Section("Traces", (table, _HOW, f"{_PERFETTO}\n{_TENSORBOARD}"), f"{len(rows)} traces, to look into a step")


def _trace(result: CaseResult) -> Traced | None:
    return next((m.costs.trace for m in result.measurements if m.costs and m.costs.trace), None)


def _row(group: GroupResult, result: CaseResult, trace: Traced) -> Row:
    return {
        "group": group.title,
        "mode": result.case.mode,
        "title": result.title,
        "link": f"[trace.json.gz]({trace.file})",
        "file": trace.file,
        "steps": trace.steps,
        "markers": trace.markers,
        "events": trace.events,
    }


def _without(run: Run) -> str:
    """Which modes have none, and why."""
    lacking = [r for _, r in run.rows() if r.valid and not r.case.again and not _trace(r)]
    peers = [r.title for r in lacking if modes.row(r.case.mode).peer]
    others = [r.title for r in lacking if not modes.row(r.case.mode).peer]
    said = [f"Without a trace, for TensorFlow's profiler sees nothing of them: {', '.join(peers)}."] if peers else []
    return " ".join([*said, *([f"No trace was kept of {', '.join(others)}."] if others else [])])
