"""The figure of a comparison of runs: the change of each case's step time and of its speedup over the baseline."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from bench.analysis.compare import CaseChange
from bench.analysis.stats.ratios import Summary
from bench.report.plots.canvas import INK, canvas, colour, ratio_axis, rows
from bench.report.plots.drawing import Drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure


Ends = tuple[float, float, float]  # a ratio, and the lower and upper end of its interval


@dataclass(frozen=True, slots=True)
class _Change:
    """A case's row: the ratio of its step, and of its speedup where there is one."""

    title: str
    colour: str
    step: Ends
    speedup: Ends | None


def changes(every: Sequence[CaseChange]) -> Drawing:
    """A row for each case: the step's ratio as a dot, the speedup's as a square, each with its interval."""
    return partial(_changes, tuple(_change(change, change.step.ratio) for change in every if change.step.ratio))


def _change(change: CaseChange, step: Summary) -> _Change:
    speedup = change.gain.ratio if change.gain else None
    title = f"{change.title} ({change.run})"
    return _Change(title, colour(change.case.mode), _ends(step), _ends(speedup) if speedup else None)


def _ends(ratio: Summary) -> Ends:
    return ratio.centre, ratio.low or ratio.centre, ratio.high or ratio.centre


def _changes(compared: Sequence[_Change]) -> "Figure":
    figure, axes = canvas("Speed in the later run against the first", 0.62 * len(compared) + 1.6)
    axes.axvline(1, color=INK, linewidth=1)
    ends = [1.0]
    for row, change in enumerate(compared):
        ends += _ratio(axes, row - 0.12, change.colour, change.step, "o")
        ends += _ratio(axes, row + 0.14, change.colour, change.speedup, "s")
    ratio_axis(axes.xaxis, min(ends), max(ends))
    axes.set_xlabel(
        "times as fast as in the first run (dot: the step; square: against its own baseline); right is faster"
    )
    rows(axes, [change.title for change in compared])
    return figure


def _ratio(axes: Any, y: float, colour: str, ratio: Ends | None, marker: str) -> list[float]:
    """Draw one ratio with its interval; returns the interval's ends."""
    if not ratio:
        return []
    centre, low, high = ratio
    axes.plot([low, high], [y, y], linewidth=2, solid_capstyle="butt", color=colour)
    axes.plot([centre], [y], marker, markersize=6, color=colour)
    return [low, high]
