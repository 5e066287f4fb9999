"""The figure of a comparison of runs: the change of each case's step time and of its speedup over the baseline."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.analysis.compare import CaseChange
from bench.analysis.stats.ratios import Summary
from bench.report.plots.canvas import INK, canvas, colour, ratio_axis, rows, save


def changes(every: Sequence[CaseChange], file: Path) -> str:
    """A row for each case: the step's ratio as a dot, the speedup's as a square, each with its interval."""
    compared = [change for change in every if change.step.ratio]
    figure, axes = canvas("Speed in the later run against the first", 0.62 * len(compared) + 1.6)
    axes.axvline(1, color=INK, linewidth=1)
    ends = [1.0]
    for row, change in enumerate(compared):
        ends += _ratio(axes, row - 0.12, change.case.mode, change.step.ratio, "o")
        ends += _ratio(axes, row + 0.14, change.case.mode, change.gain.ratio if change.gain else None, "s")
    ratio_axis(axes.xaxis, min(ends), max(ends))
    axes.set_xlabel(
        "times as fast as in the first run (dot: the step; square: against its own baseline); right is faster"
    )
    rows(axes, [f"{change.title} ({change.run})" for change in compared])
    return save(figure, file)


def _ratio(axes: Any, y: float, mode: str, ratio: Summary | None, marker: str) -> list[float]:
    """Draw one ratio with its interval; returns the interval's ends."""
    if not ratio:
        return []
    low, high = ratio.low or ratio.centre, ratio.high or ratio.centre
    axes.plot([low, high], [y, y], linewidth=2, solid_capstyle="butt", color=colour(mode))
    axes.plot([ratio.centre], [y], marker, markersize=6, color=colour(mode))
    return [low, high]
