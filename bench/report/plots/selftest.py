"""The figure of a self-test: injected and measured slowdowns."""

from pathlib import Path

from bench.analysis.selftest import SelfTestResult
from bench.report.plots.canvas import INK, canvas, rows, save


def recoveries(result: SelfTestResult, file: Path) -> str:
    """A row for each slowdown: the injected size as a tick, the measured one as a dot with its interval; in %."""
    title = "Slow-downs: planted (tick) and measured (dot, 95 % interval)"
    figure, axes = canvas(title, 0.5 * len(result.recoveries) + 1.7)
    for row, recovery in enumerate(result.recoveries):
        centre, low, high = recovery.measured
        axes.plot([100 * recovery.slowdown] * 2, [row - 0.3, row + 0.3], color=INK, linewidth=2)
        if low is not None and high is not None:
            axes.plot([100 * low, 100 * high], [row, row], color="#0072B2", linewidth=2, solid_capstyle="butt")
        axes.plot([100 * centre], [row], "o", color="#0072B2", markersize=6)
    axes.set_xlabel("longer than the same mode unchanged (%)")
    rows(axes, [f"slowed by {recovery.slowdown:.0%}" for recovery in result.recoveries])
    return save(figure, file)
