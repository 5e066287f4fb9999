"""The figures of a sweep: speedup and step time over batch size or threads, a line for each mode."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from bench.analysis.results import CaseResult, GroupResult
from bench.analysis.stats.ratios import Summary
from bench.analysis.sweep import Sweep
from bench.report.form.wording import interval, speedup_interval
from bench.report.plots.axes import Scale, log_ticks, ratio_label, ratio_ticks
from bench.report.plots.lines import ChartLine, LinePoint, Panel, panels
from bench.report.plots.look import dashes, family
from bench.report.plots.scene import Drawing
from bench.report.speeds import over_time

BySize = dict[int, tuple[GroupResult, CaseResult]]  # one mode's results
Measured = Callable[[CaseResult], tuple[Summary, str] | None]  # a value of a result, and the same in words


def speedups(sweep: Sweep) -> Drawing:
    """The speedup over each size's own baseline, with its interval over time."""
    lines = tuple(_line(sweep, by_size, place, _speed) for place, by_size in enumerate(sweep.results_by_arm.values()))
    judged = tuple(line for line in lines if line.points)
    low, high = _reach([1.0, *_ends(judged)], 1.08)
    up = Scale(low, high, 0, 1, True, tuple((tick, ratio_label(tick)) for tick in ratio_ticks(low, high)))
    names = sweep.axis.name, f"speedup vs {sweep.groups[0].baseline.title}"
    return partial(panels, (Panel(judged, _across(sweep), up, names, one=1.0),), height=330)


def times(sweep: Sweep) -> Drawing:
    """Milliseconds a step, with the interval of this run."""
    lines = tuple(_line(sweep, by_size, place, _time) for place, by_size in enumerate(sweep.results_by_arm.values()))
    low, high = _reach(_ends(lines), 1.15)
    up = Scale(low, high, 0, 1, True, tuple((tick, f"{tick:,g}") for tick in log_ticks(low, high)))
    return partial(panels, (Panel(lines, _across(sweep), up, (sweep.axis.name, "ms a step")),), height=330)


def _across(sweep: Sweep) -> Scale:
    ticks = tuple((float(size), str(size)) for size in sweep.sizes)
    return Scale(sweep.sizes[0] / 1.25, sweep.sizes[-1] * 1.25, 0, 1, True, ticks)


def _reach(ends: Sequence[float], margin: float) -> tuple[float, float]:
    return min(ends) / margin, max(ends) * margin


def _ends(lines: Iterable[ChartLine]) -> list[float]:
    return [end for line in lines for p in line.points for end in (p.y, p.low or p.y, p.high or p.y)]


def _line(sweep: Sweep, by_size: BySize, place: int, measured: Measured) -> ChartLine:
    """One mode's line; its points are set apart sideways from other modes', so that no bar covers another."""
    shift = _shift(sweep, place)
    results = {size: result for size, (_, result) in by_size.items()}
    first = next(iter(results.values()))
    values = ((size, measured(result)) for size, result in results.items())
    points = tuple(_point(first.title, sweep, size, shift, *value) for size, value in values if value)
    return ChartLine(first.title, family(first.case.mode), points, dashes(first.case.mode))


def _point(title: str, sweep: Sweep, size: int, shift: float, value: Summary, words: str) -> LinePoint:
    return LinePoint(size * shift, value.centre, value.low, value.high, f"{title}, {sweep.axis.at(size)}: {words}")


def _shift(sweep: Sweep, place: int) -> float:
    """What sizes are multiplied by: all modes within 4 % of the width."""
    share = 0.04 * ((place + 0.5) / len(sweep.results_by_arm) - 0.5)
    return float((sweep.sizes[-1] / sweep.sizes[0]) ** share)


def _speed(result: CaseResult) -> tuple[Summary, str] | None:
    ratio = over_time(result)
    return (ratio, speedup_interval(ratio)) if ratio else None


def _time(result: CaseResult) -> tuple[Summary, str] | None:
    step = result.summary("step")
    in_ms = step and Summary(1e3 * step.centre, step.low and 1e3 * step.low, step.high and 1e3 * step.high, step.n)
    return (in_ms, f"{interval(in_ms)} ms") if in_ms else None
