"""The section on the steady state: each mode's time of a step, its speedup over the baseline, and the verdict."""

import statistics

from bench.analysis.results import CaseResult, GroupResult, Run, ratio_between
from bench.report.form.document import Column, Figure, Row, Section, Table, column, summary_of
from bench.report.form.wording import interval
from bench.report.plots import timing

_READING = (
    "Times are medians of a block's slices, averaged over blocks; brackets hold the 95 % interval across blocks. The "
    "ratio, how many times as fast as the baseline, compares each one's least disturbed slices of the same rounds; it "
    "is not the quotient of the two columns of times. All numbers, the ratio over all slices too: "
    "`tables/steady.csv`; every slice: `cifar-bench report FOLDER --slices`."
)


NO_DEVICE = "its device cannot be used here: see the first section"


def section(run: Run) -> Section:
    """The table over all groups, then two figures for each."""
    return Section(f"Steady state{run.label}", (_READING, table(run), *_figures(run)))


def table(run: Run) -> Table:
    """One row a case: step time, images a second, ratio, verdict."""
    columns = (
        column("case", "group"),
        column("mode", "title"),
        Column("step (ms)", lambda row: interval(summary_of(row, "step_s"), 1e3)),
        Column("images/s", lambda row: interval(summary_of(row, "images_per_s"))),
        Column("times as fast", lambda row: interval(summary_of(row, "ratio"), sign="x")),
        column("verdict", "verdict"),
        column("why", "reason"),
    )
    rows = tuple(_row(group, result) for group, result in run.rows())
    return Table("steady", columns if len(run.groups) > 1 else columns[1:], rows, "Step time and speed, by mode")


def _row(group: GroupResult, result: CaseResult) -> Row:
    ratio = group.control_ratio if result.case.again else result.comparison and result.comparison.ratio
    verdict, reason = verdict_of(group, result)
    return {
        "group": group.title,
        "mode": result.case.mode,
        "title": result.title,
        "step_s": result.summary("step"),
        "images_per_s": result.summary("images"),
        "ratio": ratio or None,
        "ratio_all_slices": ratio_between(group.baseline, result, average=statistics.fmean) if ratio else None,
        "p_holm": result.comparison and result.comparison.p,
        "verdict": verdict,
        "reason": reason,
        "warnings": "; ".join((*(result.comparison.warnings if result.comparison else ()), *result.warnings)),
    }


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
    return "noise floor", f"A/A: {group.aa_difference - 1:.1%}" if group.aa_difference else "no pair of blocks"


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
                f"{r.title} {interval(r.comparison.ratio if r.comparison else None, sign='x')}" for r in judged
            )
            figures.append(Figure(f"{group.name}-ratios", alt, timing.ratios(group, run.label)))
    return figures
