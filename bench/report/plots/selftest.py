"""The figure of a self-test: injected and measured slowdowns."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from bench.analysis.selftest import SelfTestResult
from bench.report.plots.canvas import INK, canvas, rows
from bench.report.plots.drawing import Drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Recovered = tuple[float, float, float | None, float | None]  # a slowdown: injected, measured, its interval's ends


def recoveries(result: SelfTestResult) -> Drawing:
    """A row for each slowdown: the injected size as a tick, the measured one as a dot with its interval; in %."""
    return partial(_recoveries, tuple((recovery.slowdown, *recovery.measured) for recovery in result.recoveries))


def _recoveries(recoveries: Sequence[Recovered]) -> "Figure":
    title = "Slow-downs: planted (tick) and measured (dot, 95 % interval)"
    figure, axes = canvas(title, 0.5 * len(recoveries) + 1.7)
    for row, (slowdown, centre, low, high) in enumerate(recoveries):
        axes.plot([100 * slowdown] * 2, [row - 0.3, row + 0.3], color=INK, linewidth=2)
        if low is not None and high is not None:
            axes.plot([100 * low, 100 * high], [row, row], color="#0072B2", linewidth=2, solid_capstyle="butt")
        axes.plot([100 * centre], [row], "o", color="#0072B2", markersize=6)
    axes.set_xlabel("longer than the same mode unchanged (%)")
    rows(axes, [f"slowed by {slowdown:.0%}" for slowdown, *_ in recoveries])
    return figure
