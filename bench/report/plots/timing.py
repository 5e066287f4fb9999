"""The figures of a timed run: slices, speedups, total time."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from bench.analysis.results import CaseResult, GroupResult
from bench.report.form.wording import count, interval, number
from bench.report.plots.canvas import INK, MUTED, canvas, colour, line, log_axis, ratio_axis, rows
from bench.report.plots.drawing import Drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FAR = 0.3  # a ratio below this would squeeze all others into a corner
SPREAD = 20  # slices this many times apart are drawn on a log axis
MANY = 3000  # dots: more are drawn as an image, as each one as a shape would make the page longer


@dataclass(frozen=True, slots=True)
class _Slices:
    """A mode's row: milliseconds a step of each slice, and the table's value."""

    title: str
    colour: str
    times: tuple[float, ...]
    centre: float


@dataclass(frozen=True, slots=True)
class _Speed:
    """A mode's row: its speedup with its interval, and both in words."""

    title: str
    colour: str
    centre: float
    low: float
    high: float
    words: str


@dataclass(frozen=True, slots=True)
class _Total:
    """A mode's line: seconds to the end of the first step, seconds a step, steps to its break-even, and its label."""

    label: str
    colour: str
    line: str
    start_s: float
    step_s: float
    even: float | None


def slices(group: GroupResult, label: str) -> Drawing:
    """Each slice's time of a step as a dot, by mode; the line is the table's value."""
    shown = tuple(
        _Slices(result.title, _colour(result), tuple(_times(result)), 1e3 * _centre(result, "step"))
        for result in group.cases
        if result.valid
    )
    return partial(_slices, f"Time of a step: {group.title}{label}", shown)


def _times(result: CaseResult) -> list[float]:
    return [1e3 * seconds / m.steady.steps_per_slice for m in result.measurements for seconds in m.steady.seconds]


def _slices(title: str, shown: Sequence[_Slices]) -> "Figure":
    figure, axes = canvas(title, 0.62 * len(shown) + 1.5)
    many = sum(len(mode.times) for mode in shown) > MANY
    for row, mode in enumerate(shown):
        jitter = np.random.default_rng(0).uniform(-0.24, 0.24, len(mode.times))
        style = {"color": mode.colour, "markersize": 5, "alpha": 0.55, "markeredgewidth": 0, "rasterized": many}
        axes.plot(mode.times, row + jitter, ".", **style)
        axes.plot([mode.centre, mode.centre], [row - 0.36, row + 0.36], color=mode.colour, linewidth=2.4)
    _limit(axes, min(min(mode.times) for mode in shown), max(max(mode.times) for mode in shown))
    axes.set_xlabel("ms a step (a dot is one slice, the line is the table's value); left is faster")
    rows(axes, [mode.title for mode in shown])
    return figure


def _limit(axes: Any, lowest: float, highest: float) -> None:
    """An axis from 0 on, or a log one where the slices are far apart."""
    if highest > SPREAD * lowest:
        ticks = [digit * 10**power for power in range(-3, 6) for digit in (1, 2, 5)]
        log_axis(axes.xaxis, lowest / 1.2, highest * 1.2, ticks)
    else:
        axes.set_xlim(0, 1.05 * highest)


def ratios(group: GroupResult, label: str) -> Drawing:
    """Each mode's speedup over the baseline with its interval; grey: the A/A control's interval."""
    control, baseline = group.control_ratio, group.baseline.title
    band = (control.low, control.high) if control and control.low and control.high else None
    speeds = tuple(_speed(result) for result in group.candidates if result.comparison and result.comparison.ratio)
    return partial(_ratios, f"Speed against {baseline}: {group.title}{label}", baseline, band, speeds)


def _speed(result: CaseResult) -> _Speed:
    """One mode's row; a very small ratio is an arrow at the edge."""
    assert result.comparison and result.comparison.ratio
    ratio = result.comparison.ratio
    far = ratio.centre < FAR
    words = f"{'off the scale: ' * far}{interval(ratio, sign='x')}  {result.comparison.verdict.value}"
    return _Speed(
        result.title, _colour(result), ratio.centre, ratio.low or ratio.centre, ratio.high or ratio.centre, words
    )


def _ratios(title: str, baseline: str, control: tuple[float, float] | None, speeds: Sequence[_Speed]) -> "Figure":
    figure, axes = canvas(title, 0.62 * len(speeds) + 1.6)
    ends = [1.0, *(control or ())]
    if control:
        axes.axvspan(*control, color="#BBBBBB", alpha=0.5, linewidth=0)
    axes.axvline(1, color=INK, linewidth=1)
    for row, speed in enumerate(speeds):
        ends += _ratio(axes, row, speed)
    ratio_axis(axes.xaxis, min(ends), max(ends))
    axes.set_xlabel(f"times as fast as {baseline}, 95 % interval; grey: the baseline against itself; right is faster")
    rows(axes, [speed.title for speed in speeds])
    return figure


def _ratio(axes: Any, row: int, speed: _Speed) -> list[float]:
    """Draw one mode's ratio, a very small one as an arrow at the edge; returns the ends that the axis must reach."""
    far = speed.centre < FAR
    x = FAR if far else speed.centre
    low, high = (x, x) if far else (speed.low, speed.high)
    axes.plot([low, high], [row, row], linewidth=2.2, solid_capstyle="butt", color=speed.colour)
    axes.plot([x], [row], "<" if far else "o", markersize=7, color=speed.colour)
    axes.annotate(speed.words, (x, row), (0, 9), textcoords="offset points", ha="left" if far else "center", fontsize=9)
    return [low, high]


def total(group: GroupResult, label: str) -> Drawing:
    """Seconds for a training of n steps, building and the first call included; lines cross at the break-even."""
    totals = tuple(_line_of(result) for result in group.cases if result.valid and not result.case.again)
    return partial(_totals, f"Total time, start-up included: {group.title}{label}", totals)


def _line_of(result: CaseResult) -> _Total:
    start_s, step_s = _centre(result, "startup"), _centre(result, "step")
    even = result.break_even and result.break_even.steps
    recovered = f", repaid after {count(even.centre)} steps" if even else ""
    label = f"{result.title}: {number(start_s)} s + {number(1e3 * step_s)} ms a step{recovered}"
    return _Total(label, _colour(result), line(result.case.mode), start_s, step_s, even.centre if even else None)


def _totals(title: str, totals: Sequence[_Total]) -> "Figure":
    from matplotlib.ticker import FuncFormatter, NullLocator

    figure, axes = canvas(title, 3.9 + 0.12 * len(totals))
    for total in totals:
        _total(axes, total)
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axis.set_minor_locator(NullLocator())  # minor ticks would take longer to draw than all the rest
    axes.set_xlabel("training steps")
    axes.set_ylabel("seconds in all")
    axes.grid(True, color="#DDDDDD", linewidth=0.6)
    figure.legend(  # below: many modes, many lines
        frameon=False, fontsize=8, loc="outside lower center", ncols=2, columnspacing=1.0, handlelength=2.4
    )
    return figure


def _total(axes: Any, total: _Total) -> None:
    """Draw one mode's total time over steps, with a dot at its break-even."""
    steps = np.unique(np.logspace(0, 5, 200).round())
    style = {"color": total.colour, "linestyle": total.line, "linewidth": 1.8}
    axes.plot(steps, total.start_s + total.step_s * (steps - 1), **style, label=total.label)
    if total.even and total.even < steps[-1]:  # counted after the first step, which is part of the start-up
        at = [total.even + 1], [total.start_s + total.step_s * total.even]
        axes.plot(*at, "o", color=total.colour, markerfacecolor="white", zorder=5)


def _centre(result: CaseResult, metric: str) -> float:
    """The value that the tables show."""
    summary = result.summary(metric)
    assert summary
    return summary.centre


def _colour(result: CaseResult) -> str:
    return MUTED if result.case.again else colour(result.case.mode)
