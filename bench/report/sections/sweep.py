"""Over batch sizes, over threads: how step times and speeds change along a sweep, and where two modes change places."""

import re
from collections.abc import Sequence
from functools import partial

from bench.analysis.results import CaseResult, Run
from bench.analysis.sweep import BATCH_SIZES, THREADS, Axis, Crossing, Family, Place, crossings, families, pairs, places
from bench.report.form.document import Column, Figure, Row, Section, Table, column, summary_of
from bench.report.form.wording import indication, interval
from bench.report.plots import sweep as plots

_READING = (
    "Each line is one mode, measured at each size apart, against that size's own baseline. At one size the faster of "
    "two modes is certain where the 95 % interval of their ratio leaves out 1, and the ratio exceeds the baseline's "
    "difference from itself; of many pairs some will seem so by chance. That two modes change places between two such "
    "sizes is what is known; where they do is read off a straight line, ratio over size on log scales, and is a guess. "
    "All numbers: `tables/{table}.csv`."
)


def over_batch_sizes(run: Run) -> Section:
    """Where the run's groups differ in their batch size alone; no parts otherwise."""
    return _section(run, BATCH_SIZES, "Over batch sizes", "sweep")


def over_threads(run: Run) -> Section:
    """Where the run's groups differ in their number of threads alone; no parts otherwise."""
    return _section(run, THREADS, "Over threads", "sweep-threads")


def sentences(run: Run) -> list[str]:
    """What each sweep of the run comes to."""
    return [text for axis in (BATCH_SIZES, THREADS) for family in families(run, axis) for text in _said(family)]


def _section(run: Run, axis: Axis, title: str, name: str) -> Section:
    found = families(run, axis)
    if not found:
        return Section(title, ())
    bullets = "\n".join(f"- {text}" for family in found for text in _said(family))
    few = "" if run.enough else indication(run)
    said = (few, bullets) if bullets else ()
    figures = [_figure(family, run.label) for family in found]
    parts = (*said, _READING.format(table=name), _table(found, name), *figures)
    return Section(f"{title}{run.label}", tuple(part for part in parts if part))


def _said(family: Family) -> list[str]:
    """A sentence a crossing, then what is to be said of all other pairs."""
    found = crossings(family)
    crossed = [{crossing.ahead, crossing.behind} for crossing in found]
    others = [(a, b) for a, b in pairs(family) if {family.titles[a], family.titles[b]} not in crossed]
    rest = [_rest(family, others, "otherwise " if found else "")] if others else []
    return [f"{family.title}: {text}" for text in (*(crossing_sentence(family.axis, each) for each in found), *rest)]


def crossing_sentence(axis: Axis, crossing: Crossing) -> str:
    """Where one overtakes the other, how surely, and how far apart they are at both ends."""
    overtakes = "overtakes" if crossing.certain else "seems to overtake"
    low, high = crossing.low.size, crossing.high.size
    about = f" (about {axis.at(round(crossing.about))})" if crossing.about and high - low > 1 else ""
    between = f"between {axis.at(low)} and {high}{about}"
    ends = f"at {low} it is {_end(crossing.low)} as fast, at {high} {_end(crossing.high)}"
    return f"**{crossing.ahead} {overtakes} {crossing.behind} {between}**; {ends}."


def _end(place: Place) -> str:
    return interval(place.ratio, sign="x") + ("" if place.certain else " (not certain)")


def _rest(family: Family, others: Sequence[tuple[str, str]], otherwise: str) -> str:
    """Of pairs that do not cross. Nothing is called the same that was not certain at two sizes."""
    against = " and against ".join(dict.fromkeys(family.titles[first] for first, _ in others))
    if not any(sum(place.certain for place in places(family, *pair)) > 1 for pair in others):
        return f"{otherwise}too little is certain to say whether the order against {against} changes."
    sizes = ", ".join(map(str, family.sizes))
    same = f"is the same at every {family.axis.name} measured ({sizes}), wherever it is certain"
    return f"{otherwise}the order against {against} {same}."


def _table(found: Sequence[Family], name: str) -> Table:
    """One row a mode and size: what a step and an image take, and how many times as fast as the baseline that is."""
    axis = found[0].axis
    columns = (
        column("case", "family"),
        column("mode", "title"),
        column(axis.name, "size"),
        Column("step (ms)", lambda row: interval(summary_of(row, "step_s"), 1e3)),
        Column("images/s", lambda row: interval(summary_of(row, "images_per_s"))),
        Column("times as fast", lambda row: interval(summary_of(row, "ratio"), sign="x")),
        Column("µs an image", lambda row: interval(summary_of(row, "image_s"), 1e6)),
    )
    rows = tuple(
        _row(family, size, result)
        for family in found
        for line in family.lines.values()
        for size, (_, result) in line.items()
    )
    return Table(name, columns if len(found) > 1 else columns[1:], rows, f"A step over {axis.name}, by mode")


def _row(family: Family, size: int, result: CaseResult) -> Row:
    return {
        "family": family.title,
        "mode": result.case.mode,
        "steps_per_call": result.case.steps_per_call,
        "title": result.title,
        "size": size,
        "step_s": result.summary("step"),
        "images_per_s": result.summary("images"),
        "ratio": (result.comparison and result.comparison.ratio) or None,
        "image_s": result.summary("image"),
    }


def _figure(family: Family, label: str) -> Figure:
    words = "; ".join(
        f"{family.titles[arm]} "
        + ", ".join(f"{interval(result.summary('step'), 1e3)} ms at {size}" for size, (_, result) in line.items())
        for arm, line in family.lines.items()
    )
    name = re.sub(r"[^a-z0-9_]+", "-", f"{family.title} over {family.axis.name}".lower())
    return Figure(
        name, f"Time of a step over {family.axis.name} for {family.title}{label}: {words}",
        partial(plots.sweep, family, label),
    )  # fmt: skip
