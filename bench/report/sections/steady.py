"""The main table and figure: each mode's step, its speedup over the baseline, what it costs to start and learns."""

import statistics
from collections.abc import Iterable
from dataclasses import replace

from bench import modes
from bench.analysis.learning import Learning
from bench.analysis.paired import ratio_between
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.speedups import steps_s
from bench.analysis.stats.ratios import Summary, summarise
from bench.report.form.document import Column, Figure, Row, Section, Table, column, summary_of
from bench.report.form.wording import (
    break_even,
    control,
    ends,
    grouping,
    interval,
    number,
    percent,
    slower,
    speedup,
    speedup_interval,
    without_steps,
)
from bench.report.plots import timing
from bench.report.sections import accuracy_columns, cost_columns
from bench.report.speeds import over_time, this_run

NO_DEVICE = "its device cannot be used here: see the first section"
LAST = -1.0  # a case without a ratio stands below all others


def table(run: Run, learned: Learning | None = None, picked: Iterable[CaseResult] = ()) -> Table:
    """One row a case, the fastest first: step, speedup with both intervals, accuracy, costs, break-even, verdict."""
    ordered = [(group, result) for group in run.groups for result in _fastest_first(group)]
    rows = tuple({**_row(group, result), **accuracy_columns.row(result, learned)} for group, result in ordered)
    chosen = {id(result) for result in picked}
    numbers = frozenset(number for number, (_, result) in enumerate(ordered) if id(result) in chosen)
    columns = (*_SPEED, *accuracy_columns.columns(learned), *_COST)
    modes = len({result.case.arm for _, result in ordered if not result.case.again})
    caption = f"All {modes} modes, fastest first" if modes > 1 else "The mode that was measured"
    note = " ".join([*_footnotes(run), accuracy_columns.note(run, learned)])
    return Table("steady", columns, rows, caption, note, grouping(run), numbers)


def _footnotes(run: Run) -> list[str]:
    """The baseline's time where it belongs to a mode's ratio and is not the one in the table."""
    return [
        f"{f'{group.title}: ' if len(run.groups) > 1 else ''}{result.title} was measured in part of the rounds; in "
        f"those {group.baseline.title} took {interval(result.baseline_s, 1e3)} ms a step."
        for group, result in run.rows()
        if result.baseline_s and this_run(result)
    ]


def _fastest_first(group: GroupResult) -> list[CaseResult]:
    return sorted(group.cases, key=lambda result: -_place(group, result))


def _place(group: GroupResult, result: CaseResult) -> float:
    """Its ratio; the baseline's is 1."""
    if result.case.again:
        return group.control_ratio.centre if group.control_ratio else LAST
    ratio = over_time(result)
    return ratio.centre if ratio else 1.0 if result is group.baseline and result.valid else LAST


def ratio_of(row: Row) -> float | None:
    """A row's speedup, to sort by."""
    ratio = summary_of(row, "over_time" if "over_time" in row else "ratio")
    return ratio.centre if ratio else None


def _speedup(row: Row) -> str:
    return "1x" if row["verdict"] == "baseline" else speedup(summary_of(row, "over_time"))


def _ends(key: str) -> Column:
    def text(row: Row) -> str:
        ratio, shown = summary_of(row, key), summary_of(row, "over_time")
        return ends(ratio, bool(shown and slower(shown))) or "–"

    def value(row: Row) -> float | None:
        ratio = summary_of(row, key)
        return ratio.low if ratio else None

    return Column(key.replace("_", " "), text, key, value, "high")


_SPEED = (
    column("mode", "title", role="key"),
    Column(
        "step (ms)",
        lambda row: number(1e3 * step.centre) if (step := summary_of(row, "step_s")) else "–",
        "step_s",
        lambda row: step.centre if (step := summary_of(row, "step_s")) else None,
        unit="ms",
    ),
    Column(
        "speedup",
        _speedup,
        "speedup",
        lambda row: 1.0 if row["verdict"] == "baseline" else ratio_of(row),
        "high",
        "key",
    ),
    replace(_ends("this_run"), role="low"),
    _ends("over_time"),
)
_COST = (
    *cost_columns.columns(),
    Column(
        "start-up (s)",
        lambda row: number(start.centre) if (start := summary_of(row, "startup_s")) else "–",
        "startup_s",
        lambda row: start.centre if (start := summary_of(row, "startup_s")) else None,
        unit="s",
    ),
    Column(
        "break-even (steps)",
        lambda row: without_steps(str(row["break_even"])),
        "break_even",
        lambda row: steps.centre if (steps := summary_of(row, "break_even_steps")) else None,
        unit="steps",
    ),
    column("verdict", "verdict", role="key"),
)


def _row(group: GroupResult, result: CaseResult) -> Row:
    verdict, reason = verdict_of(group, result)
    itself = group.control_ratio if result.case.again else None
    return {
        "group": group.title,
        "mode": result.case.mode,
        "title": result.title,
        "step_s": result.summary("step"),
        "images_per_s": result.summary("images"),
        "step_all_slices_s": _with_disturbances(group, result),
        "baseline_step_there_s": result.baseline_s,
        "this_run": itself or this_run(result),
        "over_time": itself or over_time(result),
        "cpu_ratio": (result.comparison and result.comparison.cpu) or None,
        "ratio_all_slices": all_slices(group, result) if itself or this_run(result) else None,
        "p_holm": result.comparison and result.comparison.p,
        **cost_columns.row(group, result),
        "startup_s": None if itself else result.summary("startup"),
        "break_even_steps": result.break_even and result.break_even.steps,
        "break_even": break_even(result.break_even),
        "verdict": verdict,
        "reason": reason,
        "warnings": "; ".join((*(result.comparison.warnings if result.comparison else ()), *result.warnings)),
    }


def all_slices(group: GroupResult, result: CaseResult) -> Summary | None:
    """The speedup over all slices, those included that something else on the machine made longer."""
    return ratio_between(group.baseline, result, average=statistics.fmean)


def _with_disturbances(group: GroupResult, result: CaseResult) -> Summary | None:
    """Seconds of a step over all slices, those included that something else on the machine made longer."""
    steps = steps_s(group.baseline, result, average=statistics.fmean) if result.valid else ()
    return summarise(steps) if steps else None


def verdict_of(group: GroupResult, result: CaseResult) -> tuple[str, str]:
    """A case's verdict in words, and the reason."""
    if result.not_available:
        row = modes.row(result.case.mode)
        return "NOT AVAILABLE", result.not_available if row.peer or row.replicas else NO_DEVICE
    if result.comparison:
        return result.comparison.verdict.value, result.comparison.reason
    if result.invalid:
        return "INVALID", "; ".join(result.invalid)
    if not result.measurements:
        return "FAILED" if result.failures else "NOT MEASURED", "; ".join(f.message for f in result.failures[:1])
    if not result.case.again:
        return "baseline", ""
    return "A/A control", aa_difference(group) or "no pair of repetitions"


def aa_difference(group: GroupResult) -> str:
    """The A/A difference with its interval; '' where it was not measured."""
    ratio = group.control_ratio
    if ratio is None:
        return ""
    return f"A/A difference {percent(ratio.centre - 1, ratio.low and ratio.low - 1, ratio.high and ratio.high - 1)}"


def slices(run: Run) -> Table:
    """Every slice of every measurement: data for others, not for the page."""
    rows = tuple(
        {
            "group": group.title,
            "mode": result.case.mode,
            "again": result.case.again,
            "block": measurement.block,
            "round": number,
            "slice_s": seconds,
            "steps": measurement.steady.steps_per_slice,
        }
        for group, result in run.rows()
        for measurement in result.measurements
        for number, seconds in enumerate(measurement.steady.seconds)
    )
    return Table("slices", (), rows)


def figure(group: GroupResult, label: str, picked: str = "") -> Figure | None:
    """The speedups of a group, best first; None where there is none."""
    judged = sorted((r for r in group.candidates if over_time(r)), key=lambda r: -_place(group, r))
    if not judged:
        return None
    words = "; ".join(f"{result.title} {speedup_interval(over_time(result))}" for result in judged)
    itself = f"; A/A control {control(group.control_ratio)}" if group.control_ratio else ""
    alt = f"Speedup vs {group.baseline.title}, best first{label}: {group.title}, {words}{itself}"
    return Figure(f"{group.name}-speedups", alt, timing.speedups(group, picked), _CAPTION)


_CAPTION = (
    "Thick bar: 95 % interval of this run. Thin line and brackets: over time. Grey band: A/A control, what this "
    "machine can resolve. Logarithmic axis."
)


def by_case(run: Run) -> Section:
    """In a run of several cases, the speedups of each; the first screen has one figure."""
    figures = tuple(each for group in run.groups if (each := figure(group, run.label)))
    parts = figures if len(run.groups) > 1 else ()
    return Section(f"Speedups by case{run.label}", parts, f"{len(figures)} cases, a figure each")


def step_ms(result: CaseResult) -> str:
    """Milliseconds of a step, without the interval."""
    step = result.summary("step")
    return number(1e3 * step.centre) if step else "–"
