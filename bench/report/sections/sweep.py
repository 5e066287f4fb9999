"""The sections on sweeps over batch sizes and threads: step times, speedups, and where one mode overtakes another."""

import re
from collections.abc import Sequence

from bench.analysis.results import CaseResult, Run
from bench.analysis.sweep import (
    BATCH_SIZES,
    THREADS,
    Axis,
    Crossing,
    RatioAtSize,
    Sweep,
    crossings,
    pairs,
    ratios_over_sizes,
    sweeps,
)
from bench.report.form.document import Column, Figure, Row, Section, Table, column, counted, measured, summary_of
from bench.report.form.wording import indication, interval, speedup_interval
from bench.report.plots import sweep as plots
from bench.report.sections.steady import ratio_of
from bench.report.speeds import over_time

_READING = (
    "Each line is one mode, measured at each size separately, against that size's own baseline. At one size the faster "
    "of two modes is certain where the 95 % interval of their ratio excludes 1 and the ratio exceeds the A/A "
    "difference; of many pairs some will seem so by chance. Known is that two modes change places between two such "
    "sizes; the size in parentheses is interpolated on log scales and is a guess. All numbers: `tables/{table}.csv`."
)


def over_batch_sizes(run: Run) -> Section:
    """The section on groups that differ only in their batch size; no parts without such groups."""
    return _section(run, BATCH_SIZES, "Over batch sizes", "sweep")


def over_threads(run: Run) -> Section:
    """The section on groups that differ only in their number of threads; no parts without such groups."""
    return _section(run, THREADS, "Over threads", "sweep-threads")


def sentences(run: Run) -> list[str]:
    """The findings of each sweep of the run, a sentence each."""
    return [text for axis in (BATCH_SIZES, THREADS) for sweep in sweeps(run, axis) for text in _sentences(sweep)]


def _section(run: Run, axis: Axis, title: str, name: str) -> Section:
    along_axis = sweeps(run, axis)
    if not along_axis:
        return Section(title, ())
    bullets = "\n".join(f"- {text}" for sweep in along_axis for text in _sentences(sweep))
    few = "" if run.enough else indication(run)
    findings = (few, bullets) if bullets else ()
    figures = [_times(sweep, run.label) for sweep in along_axis]
    parts = (*findings, *figures, _table(along_axis, name), _READING.format(table=name))
    return Section(f"{title}{run.label}", tuple(part for part in parts if part), _summary(along_axis))


def _summary(along_axis: Sequence[Sweep]) -> str:
    """How many certain changes of order there are."""
    certain = [crossing for sweep in along_axis for crossing in crossings(sweep) if crossing.certain]
    if not certain:
        return f"No mode certainly overtakes another over {along_axis[0].axis.name}"
    first, likely = certain[0], "likely " * certain[0].rough
    return f"{first.ahead} {likely}overtakes {first.behind} between {first.low.size} and {first.high.size}"


def _sentences(sweep: Sweep) -> list[str]:
    """A sentence for each crossing, then one on all other pairs."""
    crossed = crossings(sweep)
    titles = [{crossing.ahead, crossing.behind} for crossing in crossed]
    others = [(a, b) for a, b in pairs(sweep) if {sweep.titles[a], sweep.titles[b]} not in titles]
    rest = [_rest(sweep, others, "otherwise " if crossed else "")] if others else []
    texts = [*(crossing_sentence(sweep.axis, crossing) for crossing in crossed), *rest]
    return [f"{sweep.title}: {text}" for text in texts]


def crossing_sentence(axis: Axis, crossing: Crossing) -> str:
    """Between which sizes one overtakes the other, whether that is certain, and the ratios at both ends."""
    overtakes = f"{'likely ' * crossing.rough}overtakes" if crossing.certain else "seems to overtake"
    low, high = crossing.low.size, crossing.high.size
    about = f" (about {axis.at(round(crossing.about))})" if crossing.about and high - low > 1 else ""
    between = f"between {axis.at(low)} and {high}{about}"
    ends = f"at {low}: {_end(crossing.low)}, at {high}: {_end(crossing.high)}"
    return f"**{crossing.ahead} {overtakes} {crossing.behind} {between}**; {ends}."


def _end(end: RatioAtSize) -> str:
    return speedup_interval(end.ratio) + ("" if end.certain else " (not certain)")


def _rest(sweep: Sweep, others: Sequence[tuple[str, str]], otherwise: str) -> str:
    """A sentence on the pairs that do not cross; only where a ratio is certain at two sizes the order is the same."""
    against = " and against ".join(dict.fromkeys(sweep.titles[first] for first, _ in others))
    known = [[ratio for ratio in ratios_over_sizes(sweep, *pair) if ratio.certain] for pair in others]
    if not any(len(ratios) > 1 for ratios in known):
        return f"{otherwise}too little is certain to say whether the order against {against} changes."
    sizes, rough = ", ".join(map(str, sweep.sizes)), any(ratio.rough for ratios in known for ratio in ratios)
    same = f"is {'likely ' * rough}the same at every {sweep.axis.name} measured ({sizes}), wherever it is certain"
    return f"{otherwise}the order against {against} {same}."


def _table(along_axis: Sequence[Sweep], name: str) -> Table:
    """One row for each mode and size: time of a step and of an image, and the speedup over the baseline."""
    axis = along_axis[0].axis
    columns = (
        column("mode", "title"),
        counted(axis.name, "size", axis.name.replace(" ", "_")),
        measured("step (ms)", "step_s", 1e3),
        measured("images/s", "images_per_s"),
        Column("speedup", lambda row: speedup_interval(summary_of(row, "ratio")), "ratio", ratio_of, "high"),
        measured("µs an image", "image_s", 1e6),
    )
    rows = tuple(
        _row(sweep, size, result)
        for sweep in along_axis
        for by_size in sweep.results_by_arm.values()
        for size, (_, result) in by_size.items()
    )
    group = "family" if len(along_axis) > 1 else ""
    return Table(name, columns, rows, f"A step over {axis.name}, by mode", group=group)


def _row(sweep: Sweep, size: int, result: CaseResult) -> Row:
    return {
        "family": sweep.title,
        "mode": result.case.mode,
        "steps_per_call": result.case.steps_per_call,
        "title": result.title,
        "size": size,
        "step_s": result.summary("step"),
        "images_per_s": result.summary("images"),
        "ratio": (result.comparison and result.comparison.ratio) or None,
        "image_s": result.summary("image"),
    }


def figure(sweep: Sweep, label: str) -> Figure:
    """The speedups over the sweep's sizes."""
    words = "; ".join(
        f"{sweep.titles[arm]} "
        + ", ".join(f"{speedup_interval(over_time(result))} at {size}" for size, (_, result) in by_size.items())
        for arm, by_size in sweep.results_by_arm.items()
        if any(over_time(result) for _, result in by_size.values())
    )
    alt = f"Speedup vs {sweep.groups[0].baseline.title} over {sweep.axis.name}, {sweep.title}{label}: {words}"
    return Figure(f"{_name(sweep)}-speedups", alt, plots.speedups(sweep), _CAPTION)


def _times(sweep: Sweep, label: str) -> Figure:
    words = "; ".join(
        f"{sweep.titles[arm]} "
        + ", ".join(f"{interval(result.summary('step'), 1e3)} ms at {size}" for size, (_, result) in by_size.items())
        for arm, by_size in sweep.results_by_arm.items()
    )
    alt = f"Time of a step over {sweep.axis.name}, {sweep.title}{label}: {words}"
    return Figure(f"{_name(sweep)}-times", alt, plots.times(sweep), _CAPTION)


def _name(sweep: Sweep) -> str:
    return re.sub(r"[^a-z0-9_]+", "-", f"{sweep.title} over {sweep.axis.name}".lower())


_CAPTION = "Bars: 95 % intervals. Points are set apart sideways. Both axes are logarithmic; lines only guide the eye."
