"""The section on the steady state: each mode's time of a step, its speedup over the baseline, and the verdict."""

import statistics

from bench.analysis.results import CaseResult, GroupResult, Run, ratio_between
from bench.analysis.speedups import steps_s
from bench.analysis.stats.ratios import Summary, summarise
from bench.report.form.document import Column, Figure, Row, Section, Table, column, summary_of
from bench.report.form.wording import ends, interval, percent
from bench.report.plots import timing

_READING = (
    "The baseline's step is the median of its slices, both entries together; a mode's is that over its speedup, the "
    "median over rounds of slices timed within the same second. So the columns agree. *Times as fast* has the 95 % "
    "interval of this run, which more repetitions narrow; *over time* that of the long-run value on this machine, "
    "which the verdict speaks of. All numbers, those with all disturbances too: `tables/steady.csv`; every slice: "
    "`cifar-bench report FOLDER --slices`."
)


NO_DEVICE = "its device cannot be used here: see the first section"


def section(run: Run) -> Section:
    """The table over all groups, then two figures for each."""
    return Section(f"Steady state{run.label}", (_READING, table(run), *_footnotes(run), *_figures(run)))


def table(run: Run) -> Table:
    """One row a case: step time, images a second, ratio, verdict."""
    columns = (
        column("case", "group"),
        column("mode", "title"),
        Column("step (ms)", lambda row: interval(summary_of(row, "step_s"), 1e3)),
        Column("images/s", lambda row: interval(summary_of(row, "images_per_s"))),
        Column("times as fast", lambda row: interval(summary_of(row, "this_run"), sign="x")),
        Column("over time", lambda row: ends(summary_of(row, "over_time")) or "–"),
        Column("in CPU time", lambda row: interval(summary_of(row, "cpu_ratio"), sign="x")),
        column("verdict", "verdict"),
        column("why", "reason"),
    )
    rows = tuple(_row(group, result) for group, result in run.rows())
    return Table("steady", columns if len(run.groups) > 1 else columns[1:], rows, "Step time and speed, by mode")


def _row(group: GroupResult, result: CaseResult) -> Row:
    compared = result.comparison
    ratio = group.control_ratio if result.case.again else compared and compared.ratio
    verdict, reason = verdict_of(group, result)
    return {
        "group": group.title,
        "mode": result.case.mode,
        "title": result.title,
        "step_s": result.summary("step"),
        "images_per_s": result.summary("images"),
        "step_all_slices_s": _with_disturbances(group, result),
        "baseline_step_there_s": result.baseline_s,
        "this_run": ratio or None,
        "over_time": (compared and compared.over_time) or None,
        "cpu_ratio": (compared and compared.cpu) or None,
        "ratio_all_slices": ratio_between(group.baseline, result, average=statistics.fmean) if ratio else None,
        "p_holm": compared and compared.p,
        "verdict": verdict,
        "reason": reason,
        "warnings": "; ".join((*(compared.warnings if compared else ()), *result.warnings)),
    }


def _with_disturbances(group: GroupResult, result: CaseResult) -> Summary | None:
    """Seconds of a step over all slices, those included that something else on the machine made longer."""
    steps = steps_s(group.baseline, result, average=statistics.fmean) if result.valid else ()
    return summarise(steps) if steps else None


def _footnotes(run: Run) -> list[str]:
    """The baseline's time where it belongs to a mode's ratio and is not the one in the table."""
    return [
        f"{f'{group.title}: ' if len(run.groups) > 1 else ''}{result.title} was measured in part of the rounds; in "
        f"those {group.baseline.title} took {interval(result.baseline_s, 1e3)} ms a step."
        for group, result in run.rows()
        if result.baseline_s and result.comparison and result.comparison.ratio
    ]


def verdict_of(group: GroupResult, result: CaseResult) -> tuple[str, str]:
    """A case's verdict in words, and the reason."""
    if result.not_available:
        return "NOT AVAILABLE", NO_DEVICE
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
    """How far the baseline's second entry differs from its first, with the interval; '' where it was not measured."""
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


def _figures(run: Run) -> list[Figure]:
    figures = []
    for group in run.groups:
        shown = [result for result in group.cases if result.valid]
        if shown:
            alt = f"Time of a step, slice by slice, for {group.title}{run.label}: " + "; ".join(
                f"{result.title} {interval(result.summary('step'), 1e3)} ms" for result in shown
            )
            figures.append(Figure(f"{group.name}-slices", alt, timing.slices(group, run.label)))
        judged = [r for r in group.candidates if r.comparison and r.comparison.ratio]
        if judged and group.control_ratio:
            alt = f"Speed against {group.baseline.title} for {group.title}{run.label}: " + "; ".join(
                f"{r.title} {interval(r.comparison.over_time if r.comparison else None, sign='x')}" for r in judged
            )
            figures.append(Figure(f"{group.name}-ratios", alt, timing.ratios(group, run.label)))
    return figures
