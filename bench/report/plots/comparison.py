"""The figure of a comparison of runs: the change of each case's time, in per cent, with the gate's limit."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from bench.analysis.stats.ratios import Summary
from bench.report.form.wording import OF_TIME, Sides, change, change_ends
from bench.report.plots.axes import even_ticks
from bench.report.plots.forest import Ends, ForestRow, Ruler, forest
from bench.report.plots.look import family
from bench.report.plots.scene import Drawing

LEAST = 3.0  # per cent that the axis reaches to both sides at least
MOST = 60.0  # per cent; what lies beyond is an arrow


@dataclass(frozen=True, slots=True)
class ChangedTime:
    """A row: what was compared, its ratio (above 1: faster in the later run), and whether a gate judged it."""

    title: str
    mode: str
    ratio: Summary
    judged: bool
    sides: Sides = OF_TIME


def changes(changed: Sequence[ChangedTime], limit: float | None) -> Drawing:
    """A row for each compared time, right is faster; red: past the limit, a share of the time by which it may grow."""
    rows = tuple(_row(each, any(other.judged for other in changed)) for each in changed)
    reached = [abs(end) for row in rows for end in (row.centre, *(row.thin or ())) if abs(end) <= MOST]
    reach = 1.1 * max([LEAST, 100 * (limit or 0.0), *reached])
    ticks = tuple(
        (tick, "no change" if tick == 0 else f"{-tick:+g} %".replace("-", "−")) for tick in even_ticks(-reach, reach)
    )
    words = f"limit +{100 * limit:g} %" if limit else ""
    limited = -100 * limit if limit else None
    sides = ("← slower", "faster →") if all(each.sides == OF_TIME for each in changed) else ("← worse", "better →")
    return partial(forest, rows, Ruler(-reach, reach, ticks, False, 0.0, None, limited, words, sides))


def _row(each: ChangedTime, gated: bool) -> ForestRow:
    note = ("judged by the gate" if each.judged else "not judged") if gated else ""
    words = change(each.ratio, each.sides), change_ends(each.ratio)
    centre, ends = _percent(each.ratio.centre), _ends(each.ratio)
    return ForestRow(each.title, family(each.mode), centre, ends, ends, *words, note, picked=each.judged)


def _percent(ratio: float) -> float:
    """Right is faster: minus the per cent by which the time has grown."""
    return -100 * (1 / ratio - 1)


def _ends(ratio: Summary) -> Ends | None:
    return (_percent(ratio.low), _percent(ratio.high)) if ratio.low and ratio.high else None
