"""The figure of a family of groups: step time and speed over batch size or threads, a line a mode."""

from pathlib import Path
from typing import Any

from bench.analysis.results import CaseResult, GroupResult
from bench.analysis.stats.ratios import Summary
from bench.analysis.sweep import Family
from bench.report.plots.canvas import INK, colour, line, log_axis, plain, ratio_axis, save, sheet

_MARKERS = ("o", "s", "^", "D", "v", "P", "X")  # by steps a call, which one mode may have several of
_ROUNDED = tuple(10.0**power * digit for power in range(-3, 6) for digit in (1, 2, 5))
_BETWEEN = tuple(10.0**power * digit for power in range(-3, 6) for digit in (1.5, 3, 4, 7))
Line = list[tuple[int, Summary]]


def sweep(family: Family, label: str, file: Path) -> str:
    """Milliseconds a step on the left, times as fast as the baseline on the right; bars are 95 % intervals."""
    figure = sheet(10.0, 4.4 + 0.22 * (len(family.lines) // 4))
    times, speeds = figure.subplots(1, 2)
    for axes in (times, speeds):
        plain(axes)
        axes.grid(True, color="#DDDDDD", linewidth=0.6)
        axes.set_axisbelow(True)
    _times(times, family)
    _speeds(speeds, family)
    for axes in (times, speeds):
        log_axis(axes.xaxis, family.sizes[0] / 1.25, family.sizes[-1] * 1.25, family.sizes)
        axes.set_xlabel(family.axis.name)
    figure.suptitle(f"A step over {family.axis.name}: {family.title}{label}", x=0.01, ha="left", fontsize=11, color=INK)
    handles = {text: handle for axes in (times, speeds) for handle, text in _legend(axes)}
    figure.legend(
        handles.values(), handles.keys(), loc="outside lower center", ncols=5, frameon=False, fontsize=9, handlelength=3
    )
    return save(figure, file)


def _times(axes: Any, family: Family) -> None:
    ends = []
    for line_of in family.lines.values():
        steps = [(size, result.summary("step")) for size, (_, result) in line_of.items()]
        ends += _line(axes, family, _result(line_of), [(size, step) for size, step in steps if step], 1e3)
    low, high = min(ends) / 1.15, max(ends) * 1.15
    log_axis(axes.yaxis, low, high, _ROUNDED if high / low > 12 else (*_ROUNDED, *_BETWEEN))
    axes.set_ylabel("ms a step (bars: 95 % interval)")


def _speeds(axes: Any, family: Family) -> None:
    ends = [1.0]
    for size, group in zip(family.sizes, family.groups, strict=True):
        if group.again and group.again.low and group.again.high:
            floor = [group.again.low, group.again.high]
            axes.plot([size, size], floor, color="#BBBBBB", alpha=0.6, linewidth=12, solid_capstyle="butt",
                      label="the baseline against itself")  # fmt: skip
            ends += floor
    axes.axhline(1, color=INK, linewidth=1)
    for line_of in family.lines.values():
        compared = [(size, result.comparison) for size, (_, result) in line_of.items()]
        ratios = [(size, comparison.ratio) for size, comparison in compared if comparison and comparison.ratio]
        ends += _line(axes, family, _result(line_of), ratios)
    ratio_axis(axes.yaxis, min(ends), max(ends))
    axes.set_ylabel(f"times as fast as {family.groups[0].baseline.title} (higher is faster)")


def _line(axes: Any, family: Family, result: CaseResult, values: Line, scale: float = 1.0) -> list[float]:
    """Draw one mode's line; the lowest and highest that its bars reach."""
    if not values:
        return []
    sizes, middles = _beside_each_other(family, result, values), [scale * value.centre for _, value in values]
    lows = [scale * (value.low or value.centre) for _, value in values]
    highs = [scale * (value.high or value.centre) for _, value in values]
    reach = [
        [middle - low for middle, low in zip(middles, lows, strict=True)],
        [high - middle for high, middle in zip(highs, middles, strict=True)],
    ]
    style = {"color": colour(result.case.mode), "linestyle": line(result.case.mode), "linewidth": 1.6}
    axes.errorbar(
        sizes, middles, reach, **style, marker=_marker(family, result), markersize=5, elinewidth=1.2, capsize=3,
        label=result.title,
    )  # fmt: skip
    return [*lows, *highs]


def _beside_each_other(family: Family, result: CaseResult, values: Line) -> list[float]:
    """The sizes, moved a little by mode, so that bars do not cover one another: all modes within 4 % of the width."""
    shown = list(family.lines)
    share = 0.04 * ((shown.index(result.case.arm) + 0.5) / len(shown) - 0.5)
    return [size * (family.sizes[-1] / family.sizes[0]) ** share for size, _ in values]


def _result(line_of: dict[int, tuple[GroupResult, CaseResult]]) -> CaseResult:
    return next(iter(line_of.values()))[1]


def _marker(family: Family, result: CaseResult) -> str:
    calls = sorted({_result(line_of).case.steps_per_call for line_of in family.lines.values()})
    return _MARKERS[calls.index(result.case.steps_per_call) % len(_MARKERS)]


def _legend(axes: Any) -> list[tuple[Any, str]]:
    return list(zip(*axes.get_legend_handles_labels(), strict=True))
