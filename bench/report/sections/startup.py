"""The section on start-up cost and break-even: what comes before a mode's second step, and when it is recovered."""

from bench.analysis.results import CaseResult, GroupResult, Run
from bench.modes import MODES
from bench.report.form.document import Column, Figure, Row, Section, Table, column, summary_of
from bench.report.form.wording import break_even, interval
from bench.report.plots import timing

_READING = (
    "The first call traces, and under XLA compiles; it ends when its step is done. Where tracing is a stage of its "
    "own, what is left of the first call is Grappler or XLA's compilation, and one step. Building makes the model and "
    "the optimizer and, in TF1 style, the graph; tf.function does that work in its first call, so the two are added "
    "before modes are compared. Break-even is (start-up over the baseline's) / (time saved a step), each averaged "
    "over blocks, for modes that were found faster. Importing TensorFlow and preparing data is the same for every "
    "mode and is no part of it: on a CPU under Linux a block imports TensorFlow once for all modes with the same "
    "environment variables and forks their processes."
)


def section(run: Run) -> Section:
    """The table over all groups, then a figure for each."""
    return Section(f"Start-up and break-even{run.label}", (_READING + _warm(run), _table(run), *_figures(run)))


def _warm(run: Run) -> str:
    """What is said of modes that start from a filled disk cache; '' in a run without one."""
    cached = [mode.title for mode in MODES if mode.cached and any(c.mode == mode.name for c in run.plan.cases)]
    if not cached:
        return ""
    return (
        f" {' and '.join(cached)}: the first step reads a program from XLA's disk cache, which was filled before "
        "anything was measured and is in no number here. So its start-up cost and its break-even hold for a warm cache."
    )


def _table(run: Run) -> Table:
    columns = (
        column("case", "group"),
        column("mode", "title"),
        Column("build (s)", lambda row: interval(summary_of(row, "build_s"))),
        Column("first call (s)", lambda row: interval(summary_of(row, "first_call_s"))),
        Column("of it, trace (s)", lambda row: interval(summary_of(row, "trace_s"))),
        Column("both (s)", lambda row: interval(summary_of(row, "startup_s"))),
        column("repaid after", "repaid"),
    )
    rows = tuple(_row(group, result) for group, result in run.rows() if not result.case.again)
    return Table(
        "startup", columns if len(run.groups) > 1 else columns[1:], rows, "What a mode costs before its second step"
    )


def _row(group: GroupResult, result: CaseResult) -> Row:
    return {
        "group": group.title,
        "mode": result.case.mode,
        "title": result.title,
        "load_s": result.summary("load"),
        "build_s": result.summary("build"),
        "first_call_s": result.summary("first_call"),
        "trace_s": result.summary("trace"),
        "startup_s": result.summary("startup"),
        "break_even_steps": result.break_even and result.break_even.steps,
        "repaid": break_even(result.break_even),
    }


def _figures(run: Run) -> list[Figure]:
    groups = [group for group in run.groups if any(result.valid for result in group.cases)]
    return [Figure(f"{g.name}-total", _alt(g, run.label), timing.total(g, run.label)) for g in groups]


def _alt(group: GroupResult, label: str) -> str:
    words = [f"{r.title} {break_even(r.break_even)}" for r in group.candidates if r.break_even]
    return f"Total time over steps, the start included, for {group.title}{label}: repaid after: " + "; ".join(words)
