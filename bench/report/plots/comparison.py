"""The figure of a comparison of runs: each case's change, as times and against its run's baseline."""

from collections.abc import Sequence
from pathlib import Path

from bench.analysis.compare import Change
from bench.analysis.stats.ratios import Summary
from bench.report.plots.canvas import INK, canvas, colour, ratio_axis, rows, save


def changes(found: Sequence[Change], file: Path) -> str:
    """A row a case: the step's ratio as a dot, the gain's as a square, each with its interval."""
    shown = [change for change in found if change.step.ratio]
    figure, axes = canvas("Speed in the later run against the first", 0.62 * len(shown) + 1.6)
    axes.axvline(1, color=INK, linewidth=1)
    ends = [1.0]
    for row, change in enumerate(shown):
        for ratio, marker, place in ((change.step.ratio, "o", -0.12), (change.gain and change.gain.ratio, "s", 0.14)):
            if isinstance(ratio, Summary):
                low, high = ratio.low or ratio.centre, ratio.high or ratio.centre
                style = {"color": colour(change.case.mode)}
                axes.plot([low, high], [row + place] * 2, linewidth=2, solid_capstyle="butt", **style)
                axes.plot([ratio.centre], [row + place], marker, markersize=6, **style)
                ends += [low, high]
    ratio_axis(axes.xaxis, min(ends), max(ends))
    axes.set_xlabel(
        "times as fast as in the first run (dot: the step; square: against its own baseline); right is faster"
    )
    rows(axes, [f"{change.title} ({change.run})" for change in shown])
    return save(figure, file)
