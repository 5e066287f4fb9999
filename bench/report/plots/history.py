"""The figures of a folder of runs: the speedup and the step time of each mode, run after run."""

from collections.abc import Mapping, Sequence
from functools import partial

from bench.report.plots.axes import Scale, log_ticks, ratio_label, ratio_ticks
from bench.report.plots.lines import ChartLine, LinePoint, Panel, panels
from bench.report.plots.look import dashes, family
from bench.report.plots.scene import Drawing

# By title: its mode, and by run (its number) a value with its interval's ends and its words.
Values = Mapping[str, tuple[str, Sequence[LinePoint]]]
MOST_TICKS = 12


def speedups(values: Values, runs: tuple[int, int]) -> Drawing:
    """Speedups over the runs' own baselines."""
    low, high = _reach(values, [1.0])
    up = Scale(low, high, 0, 1, True, tuple((tick, ratio_label(tick)) for tick in ratio_ticks(low, high)))
    return partial(panels, (Panel(_lines(values), _across(runs), up, ("run", "speedup vs its baseline"), one=1.0),))


def times(values: Values, runs: tuple[int, int]) -> Drawing:
    """Milliseconds a step."""
    low, high = _reach(values, [])
    up = Scale(low, high, 0, 1, True, tuple((tick, f"{tick:,g}") for tick in log_ticks(low, high)))
    return partial(panels, (Panel(_lines(values), _across(runs), up, ("run", "ms a step")),))


def _across(runs: tuple[int, int]) -> Scale:
    first, last = runs
    every = -(-(last - first + 1) // MOST_TICKS)
    ticks = tuple((float(run), f"{run}") for run in range(first, last + 1, every))
    return Scale(first - 0.5, last + 0.5, 0, 1, ticks=ticks)


def _reach(values: Values, beside: list[float]) -> tuple[float, float]:
    ends = [end for _, points in values.values() for p in points for end in (p.y, p.low or p.y, p.high or p.y)]
    return min([*ends, *beside]) / 1.1, max([*ends, *beside]) * 1.1


def _lines(values: Values) -> tuple[ChartLine, ...]:
    return tuple(
        ChartLine(title, family(mode), tuple(points), dashes(mode)) for title, (mode, points) in values.items()
    )
