"""The figure of a mode's speedup by machine: a row for each mode on each machine, on one axis."""

from collections.abc import Sequence
from functools import partial

from bench.analysis.machines import SpeedupByMachine
from bench.analysis.stats.ratios import Summary
from bench.report.form.wording import ends, slower, speedup
from bench.report.plots.axes import ratio_label, ratio_ticks
from bench.report.plots.forest import ForestRow, Ruler, forest
from bench.report.plots.look import family
from bench.report.plots.scene import Drawing
from bench.report.speeds import over_time, this_run


def by_machine(speedups: Sequence[SpeedupByMachine]) -> Drawing:
    """Of those that have a speedup; thick: in that run, thin: over time on that machine."""
    rows = tuple(
        _row(each, first, second)
        for each in speedups
        if (first := this_run(each.result)) and (second := over_time(each.result))
    )
    reached = [end for row in rows for end in (row.centre, *(row.thin or ()))]
    low, high = min([1.0, *reached]) / 1.08, 1.08 * max([1.0, *reached])
    ticks = tuple((tick, ratio_label(tick, "baseline")) for tick in ratio_ticks(low, high))
    return partial(forest, rows, Ruler(low, high, ticks, one=1.0))


def _row(each: SpeedupByMachine, first: Summary, second: Summary) -> ForestRow:
    title = f"{each.result.title}, {each.machine}"
    words = speedup(second), ends(second, slower(second))
    colour = family(each.result.case.mode)
    return ForestRow(title, colour, second.centre, _ends(first), _ends(second), *words)


def _ends(ratio: Summary) -> tuple[float, float] | None:
    return None if ratio.low is None or ratio.high is None else (ratio.low, ratio.high)
