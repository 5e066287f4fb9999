"""The figure of a self-test: injected and measured slowdowns."""

from functools import partial

from bench.analysis.selftest import Recovery, SelfTestResult
from bench.report.form.wording import percent
from bench.report.plots.axes import even_ticks
from bench.report.plots.forest import ForestRow, Ruler, forest
from bench.report.plots.look import family
from bench.report.plots.scene import Drawing


def recoveries(result: SelfTestResult) -> Drawing:
    """A row for each slowdown: the injected size as a tick, the measured one as a mark with its interval; in %."""
    rows = tuple(_row(recovery, result.selftest.mode) for recovery in result.recoveries)
    reached = [0.0, *(end for row in rows for end in (row.centre, row.tick or 0.0, *(row.thick or ())))]
    low, high = min(reached) - 0.3, 1.05 * max(reached)
    ticks = tuple((tick, f"{tick:g} %") for tick in even_ticks(low, high))
    return partial(forest, rows, Ruler(low, high, ticks, log=False, one=0.0))


def _row(recovery: Recovery, mode: str) -> ForestRow:
    centre, low, high = recovery.measured
    ends = (100 * low, 100 * high) if low is not None and high is not None else None
    words = percent(*recovery.measured)
    title = f"slowed by {recovery.slowdown:.0%}"
    return ForestRow(title, family(mode), 100 * centre, ends, None, words, tick=100 * recovery.slowdown)
