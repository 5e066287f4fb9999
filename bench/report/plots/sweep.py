"""The figure of a sweep: step time and speedup over batch size or threads, a line for each mode."""

from pathlib import Path
from typing import Any

from bench.analysis.results import CaseResult, GroupResult
from bench.analysis.stats.ratios import Summary
from bench.analysis.sweep import Sweep
from bench.report.plots.canvas import INK, colour, line, log_axis, plain, ratio_axis, save, sheet

_MARKERS = ("o", "s", "^", "D", "v", "P", "X")  # by steps a call, which one mode may have several of
_ROUNDED = tuple(10.0**power * digit for power in range(-3, 6) for digit in (1, 2, 5))
_BETWEEN = tuple(10.0**power * digit for power in range(-3, 6) for digit in (1.5, 3, 4, 7))
BySize = dict[int, tuple[GroupResult, CaseResult]]  # one mode's results
SizedSummaries = list[tuple[int, Summary]]


def over_sizes(sweep: Sweep, label: str, file: Path) -> str:
    """Milliseconds a step on the left, speedup over the baseline on the right; bars are 95 % intervals."""
    figure = sheet(10.0, 4.4 + 0.22 * (len(sweep.results_by_arm) // 4))
    times, speeds = figure.subplots(1, 2)
    for axes in (times, speeds):
        plain(axes)
        axes.grid(True, color="#DDDDDD", linewidth=0.6)
        axes.set_axisbelow(True)
    _times(times, sweep)
    _speeds(speeds, sweep)
    for axes in (times, speeds):
        log_axis(axes.xaxis, sweep.sizes[0] / 1.25, sweep.sizes[-1] * 1.25, sweep.sizes)
        axes.set_xlabel(sweep.axis.name)
    figure.suptitle(f"A step over {sweep.axis.name}: {sweep.title}{label}", x=0.01, ha="left", fontsize=11, color=INK)
    handles = {text: handle for axes in (times, speeds) for handle, text in _legend(axes)}
    figure.legend(
        handles.values(), handles.keys(), loc="outside lower center", ncols=5, frameon=False, fontsize=9, handlelength=3
    )
    return save(figure, file)


def _times(axes: Any, sweep: Sweep) -> None:
    ends = []
    for by_size in sweep.results_by_arm.values():
        steps = [(size, result.summary("step")) for size, (_, result) in by_size.items()]
        ends += _line(axes, sweep, _first(by_size), [(size, step) for size, step in steps if step], 1e3)
    low, high = min(ends) / 1.15, max(ends) * 1.15
    log_axis(axes.yaxis, low, high, _ROUNDED if high / low > 12 else (*_ROUNDED, *_BETWEEN))
    axes.set_ylabel("ms a step (bars: 95 % interval)")


def _speeds(axes: Any, sweep: Sweep) -> None:
    ends = [1.0]
    for size, group in zip(sweep.sizes, sweep.groups, strict=True):
        control = group.control_ratio
        if control and control.low and control.high:
            reach = [control.low, control.high]
            axes.plot([size, size], reach, color="#BBBBBB", alpha=0.6, linewidth=12, solid_capstyle="butt",
                      label="the baseline against itself")  # fmt: skip
            ends += reach
    axes.axhline(1, color=INK, linewidth=1)
    for by_size in sweep.results_by_arm.values():
        compared = [(size, result.comparison) for size, (_, result) in by_size.items()]
        ratios = [(size, comparison.ratio) for size, comparison in compared if comparison and comparison.ratio]
        ends += _line(axes, sweep, _first(by_size), ratios)
    ratio_axis(axes.yaxis, min(ends), max(ends))
    axes.set_ylabel(f"times as fast as {sweep.groups[0].baseline.title} (higher is faster)")


def _line(axes: Any, sweep: Sweep, result: CaseResult, values: SizedSummaries, scale: float = 1.0) -> list[float]:
    """Draw one mode's line; returns the lower and upper ends of its bars."""
    if not values:
        return []
    sizes, middles = _shifted_sizes(sweep, result, values), [scale * value.centre for _, value in values]
    lows = [scale * (value.low or value.centre) for _, value in values]
    highs = [scale * (value.high or value.centre) for _, value in values]
    reach = [
        [middle - low for middle, low in zip(middles, lows, strict=True)],
        [high - middle for high, middle in zip(highs, middles, strict=True)],
    ]
    style = {"color": colour(result.case.mode), "linestyle": line(result.case.mode), "linewidth": 1.6}
    axes.errorbar(
        sizes, middles, reach, **style, marker=_marker(sweep, result), markersize=5, elinewidth=1.2, capsize=3,
        label=result.title,
    )  # fmt: skip
    return [*lows, *highs]


def _shifted_sizes(sweep: Sweep, result: CaseResult, values: SizedSummaries) -> list[float]:
    """The sizes, shifted a little by mode, so that bars do not cover each other: all modes within 4 % of the width."""
    arms = list(sweep.results_by_arm)
    share = 0.04 * ((arms.index(result.case.arm) + 0.5) / len(arms) - 0.5)
    return [size * (sweep.sizes[-1] / sweep.sizes[0]) ** share for size, _ in values]


def _first(by_size: BySize) -> CaseResult:
    return next(iter(by_size.values()))[1]


def _marker(sweep: Sweep, result: CaseResult) -> str:
    calls = sorted({_first(by_size).case.steps_per_call for by_size in sweep.results_by_arm.values()})
    return _MARKERS[calls.index(result.case.steps_per_call) % len(_MARKERS)]


def _legend(axes: Any) -> list[tuple[Any, str]]:
    return list(zip(*axes.get_legend_handles_labels(), strict=True))
