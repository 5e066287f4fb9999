"""The figure of a selftest: what was planted, and what was measured."""

from pathlib import Path

from bench.analysis.selftest import Instrument
from bench.report.plots.canvas import INK, canvas, rows, save


def recovery(found: Instrument, file: Path) -> str:
    """A row a slow-down: the planted size as a tick, the measured one as a dot with its interval, in per cent."""
    title = "Slow-downs: planted (tick) and measured (dot, 95 % interval)"
    figure, axes = canvas(title, 0.5 * len(found.recoveries) + 1.7)
    for row, recovered in enumerate(found.recoveries):
        centre, low, high = recovered.measured
        axes.plot([100 * recovered.slowdown] * 2, [row - 0.3, row + 0.3], color=INK, linewidth=2)
        if low is not None and high is not None:
            axes.plot([100 * low, 100 * high], [row, row], color="#0072B2", linewidth=2, solid_capstyle="butt")
        axes.plot([100 * centre], [row], "o", color="#0072B2", markersize=6)
    axes.set_xlabel("longer than the same mode unchanged (%)")
    rows(axes, [f"slowed by {recovered.slowdown:.0%}" for recovered in found.recoveries])
    return save(figure, file)
