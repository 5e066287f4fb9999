"""The figure of a sweep: step time and speedup over batch size or threads, a line for each mode."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from bench.analysis.results import CaseResult, GroupResult
from bench.analysis.stats.ratios import Summary
from bench.analysis.sweep import Sweep
from bench.report.plots.canvas import INK, colour, line, log_axis, plain, ratio_axis, sheet
from bench.report.plots.drawing import Drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MARKERS = ("o", "s", "^", "D", "v", "P", "X")  # by steps a call, which one mode may have several of
_ROUNDED = tuple(10.0**power * digit for power in range(-3, 6) for digit in (1, 2, 5))
_BETWEEN = tuple(10.0**power * digit for power in range(-3, 6) for digit in (1.5, 3, 4, 7))
BySize = dict[int, tuple[GroupResult, CaseResult]]  # one mode's results
Bar = tuple[float, float, float, float]  # the size, a value there, and its interval's ends


@dataclass(frozen=True, slots=True)
class _SweptMode:
    """One mode's line: its look, its times in ms and its speedups."""

    title: str
    colour: str
    line: str
    marker: str
    times: tuple[Bar, ...]
    speeds: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class _Sizes:
    """What the sizes are called, the sizes, and the A/A control's interval at those that have one."""

    axis: str
    sizes: tuple[int, ...]
    controls: tuple[tuple[int, float, float], ...]


def over_sizes(sweep: Sweep, label: str) -> Drawing:
    """Milliseconds a step on the left, speedup over the baseline on the right; bars are 95 % intervals."""
    title, baseline = f"A step over {sweep.axis.name}: {sweep.title}{label}", sweep.groups[0].baseline.title
    lines = tuple(_line(sweep, by_size, place) for place, by_size in enumerate(sweep.results_by_arm.values()))
    controls = ((size, group.control_ratio) for size, group in zip(sweep.sizes, sweep.groups, strict=True))
    known = tuple((size, ratio.low, ratio.high) for size, ratio in controls if ratio and ratio.low and ratio.high)
    return partial(_over_sizes, title, baseline, _Sizes(sweep.axis.name, sweep.sizes, known), lines)


def _line(sweep: Sweep, by_size: BySize, place: int) -> _SweptMode:
    first = _first(by_size)
    shift = _shift(sweep, place)
    times = tuple(
        _bar(size * shift, step, 1e3) for size, (_, result) in by_size.items() if (step := result.summary("step"))
    )
    speeds = tuple(
        _bar(size * shift, result.comparison.ratio, 1.0)
        for size, (_, result) in by_size.items()
        if result.comparison and result.comparison.ratio
    )
    look = colour(first.case.mode), line(first.case.mode), _marker(sweep, first)
    return _SweptMode(first.title, *look, times, speeds)


def _shift(sweep: Sweep, place: int) -> float:
    """What sizes are multiplied by, so that bars do not cover each other: all modes within 4 % of the width."""
    share = 0.04 * ((place + 0.5) / len(sweep.results_by_arm) - 0.5)
    return float((sweep.sizes[-1] / sweep.sizes[0]) ** share)


def _bar(size: float, value: Summary, scale: float) -> Bar:
    return size, scale * value.centre, scale * (value.low or value.centre), scale * (value.high or value.centre)


def _first(by_size: BySize) -> CaseResult:
    return next(iter(by_size.values()))[1]


def _marker(sweep: Sweep, result: CaseResult) -> str:
    calls = sorted({_first(by_size).case.steps_per_call for by_size in sweep.results_by_arm.values()})
    return _MARKERS[calls.index(result.case.steps_per_call) % len(_MARKERS)]


def _over_sizes(title: str, baseline: str, sizes: _Sizes, lines: Sequence[_SweptMode]) -> "Figure":
    figure = sheet(10.0, 4.4 + 0.22 * (len(lines) // 4))
    times, speeds = figure.subplots(1, 2)
    for axes in (times, speeds):
        plain(axes)
        axes.grid(True, color="#DDDDDD", linewidth=0.6)
        axes.set_axisbelow(True)
    _times(times, lines)
    _speeds(speeds, sizes, baseline, lines)
    for axes in (times, speeds):
        log_axis(axes.xaxis, sizes.sizes[0] / 1.25, sizes.sizes[-1] * 1.25, sizes.sizes)
        axes.set_xlabel(sizes.axis)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, color=INK)
    handles = {text: handle for axes in (times, speeds) for handle, text in _legend(axes)}
    figure.legend(
        handles.values(), handles.keys(), loc="outside lower center", ncols=5, frameon=False, fontsize=9, handlelength=3
    )
    return figure


def _times(axes: Any, lines: Sequence[_SweptMode]) -> None:
    ends = [end for line in lines for end in _plot(axes, line, line.times)]
    low, high = min(ends) / 1.15, max(ends) * 1.15
    log_axis(axes.yaxis, low, high, _ROUNDED if high / low > 12 else (*_ROUNDED, *_BETWEEN))
    axes.set_ylabel("ms a step (bars: 95 % interval)")


def _speeds(axes: Any, sizes: _Sizes, baseline: str, lines: Sequence[_SweptMode]) -> None:
    ends = [1.0]
    for size, *reach in sizes.controls:
        axes.plot([size, size], reach, color="#BBBBBB", alpha=0.6, linewidth=12, solid_capstyle="butt",
                  label="the baseline against itself")  # fmt: skip
        ends += reach
    axes.axhline(1, color=INK, linewidth=1)
    ends += [end for line in lines for end in _plot(axes, line, line.speeds)]
    ratio_axis(axes.yaxis, min(ends), max(ends))
    axes.set_ylabel(f"times as fast as {baseline} (higher is faster)")


def _plot(axes: Any, line: _SweptMode, bars: Sequence[Bar]) -> list[float]:
    """Draw one mode's line; returns the lower and upper ends of its bars."""
    if not bars:
        return []
    sizes, middles, lows, highs = zip(*bars, strict=True)
    reach = [
        [middle - low for middle, low in zip(middles, lows, strict=True)],
        [high - middle for high, middle in zip(highs, middles, strict=True)],
    ]
    style = {"color": line.colour, "linestyle": line.line, "linewidth": 1.6, "marker": line.marker, "markersize": 5}
    axes.errorbar(sizes, middles, reach, **style, elinewidth=1.2, capsize=3, label=line.title)
    return [*lows, *highs]


def _legend(axes: Any) -> list[tuple[Any, str]]:
    return list(zip(*axes.get_legend_handles_labels(), strict=True))
