"""The section on start-up cost and break-even: what comes before a mode's second step, and when it is recovered."""

from bench.analysis.results import CaseResult, GroupResult, Run
from bench.modes import MODES
from bench.report.form.document import Column, Figure, Part, Row, Section, Table, column, measured, summary_of
from bench.report.form.wording import break_even, count, grouping, in_steps
from bench.report.plots import breakeven as plots

_CAPTION = (
    "Below zero the extra start-up cost is not yet recovered. Mark: break-even; bar under zero: its 95 % interval. "
    "Break-evens far apart have a drawing of their own."
)
_READING = (
    "The first step traces, and under XLA compiles; it ends when its step is done. Where tracing is a stage of its "
    "own, what is left of the first step is Grappler or XLA's compilation, and one step. Building makes the model and "
    "the optimizer and, in TF1 style, the graph; tf.function does that work in its first step, so the two are added to "
    "the start-up cost. Break-even is (start-up cost over the baseline's) / (time saved a step), each averaged "
    "over repetitions, for modes that are faster. Importing TensorFlow and preparing data is the same for every "
    "mode and not included: on a CPU under Linux a repetition imports TensorFlow once for all modes with the same "
    "environment variables and forks their processes."
)


def section(run: Run) -> Section:
    """The table over all groups, then a figure for each."""
    parts: tuple[Part, ...] = (*_figures(run), _table(run), _READING + _warm(run))
    return Section(f"Start-up and break-even{run.label}", parts, _summary(run))


def _summary(run: Run) -> str:
    """'Break-even after 4 to 24 steps; never: XLA loop'."""
    results = [result for group in run.groups for result in group.candidates if result.break_even]
    steps = sorted(r.break_even.steps.centre for r in results if r.break_even and r.break_even.steps)
    none = [(r.title, r.break_even.rough) for r in results if r.break_even and r.break_even.text == "never"]
    never = list(dict.fromkeys(f"{title}{' (rough)' * rough}" for title, rough in none))
    after = f"Break-even after {count(steps[0])} to {in_steps(steps[-1])}" if len(steps) > 1 else ""
    after = f"Break-even after {in_steps(steps[0])}" if len(steps) == 1 else after
    texts = [after, f"never: {', '.join(never)}" if never else ""]
    return "; ".join(text for text in texts if text) or "No mode is shown to be faster, so none breaks even"


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
        column("mode", "title"),
        measured("build (s)", "build_s"),
        measured("first step (s)", "first_call_s"),
        measured("of it, trace (s)", "trace_s"),
        measured("start-up (s)", "startup_s"),
        Column("break-even", lambda row: str(row["break_even"]), "break_even", steps_of),
    )
    rows = tuple(_row(group, result) for group, result in run.rows() if not result.case.again)
    return Table("startup", columns, rows, "What a mode costs before its second step", group=grouping(run))


def steps_of(row: Row) -> float | None:
    """The steps of a row's break-even, to sort by."""
    steps = summary_of(row, "break_even_steps")
    return steps.centre if steps else None


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
        "break_even": break_even(result.break_even),
    }


def _figures(run: Run) -> list[Figure]:
    groups = [group for group in run.groups if plots.breaking_even(group)]
    return [Figure(f"{g.name}-saved", _alt(g, run.label), plots.saved(g), _CAPTION) for g in groups]


def _alt(group: GroupResult, label: str) -> str:
    words = [f"{r.title} breaks even after {break_even(r.break_even)}" for r in plots.breaking_even(group)]
    return f"Seconds saved over training steps, {group.title}{label}: " + "; ".join(words)
