"""The figures of a timed run: slices, speedups, total time."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.ticker import FuncFormatter, NullLocator

from bench.analysis.results import CaseResult, GroupResult
from bench.report.form.wording import count, interval, number
from bench.report.plots.canvas import INK, MUTED, canvas, colour, line, log_axis, ratio_axis, rows, save

FAR = 0.3  # a ratio below this would squeeze all others into a corner
SPREAD = 20  # slices this many times apart are drawn on a log axis
MANY = 3000  # dots: more are drawn as an image, as each one as a shape would make the page longer


def slices(group: GroupResult, label: str, file: Path) -> str:
    """Each slice's time of a step as a dot, by mode; the line is the table's value."""
    results = [result for result in group.cases if result.valid]
    figure, axes = canvas(f"Time of a step: {group.title}{label}", 0.62 * len(results) + 1.5)
    many = sum(len(m.steady.seconds) for result in results for m in result.measurements) > MANY
    lowest, highest = float("inf"), 0.0
    for row, result in enumerate(results):
        times = [1e3 * s / m.steady.steps_per_slice for m in result.measurements for s in m.steady.seconds]
        jitter = np.random.default_rng(0).uniform(-0.24, 0.24, len(times))
        centre = 1e3 * _centre(result, "step")
        style = {"color": _colour(result), "markersize": 5, "alpha": 0.55, "markeredgewidth": 0, "rasterized": many}
        axes.plot(times, row + jitter, ".", **style)
        axes.plot([centre, centre], [row - 0.36, row + 0.36], color=_colour(result), linewidth=2.4)
        lowest, highest = min(lowest, *times), max(highest, *times)
    if highest > SPREAD * lowest:
        log_axis(
            axes.xaxis,
            lowest / 1.2,
            highest * 1.2,
            [digit * 10**power for power in range(-3, 6) for digit in (1, 2, 5)],
        )
    else:
        axes.set_xlim(0, 1.05 * highest)
    axes.set_xlabel("ms a step (a dot is one slice, the line is the table's value); left is faster")
    rows(axes, [result.title for result in results])
    return save(figure, file)


def ratios(group: GroupResult, label: str, file: Path) -> str:
    """Each mode's speedup over the baseline with its interval; grey: the A/A control's interval."""
    results = [r for r in group.candidates if r.comparison and r.comparison.ratio]
    figure, axes = canvas(f"Speed against {group.baseline.title}: {group.title}{label}", 0.62 * len(results) + 1.6)
    ends, control = [1.0], group.control_ratio
    if control and control.low and control.high:
        axes.axvspan(control.low, control.high, color="#BBBBBB", alpha=0.5, linewidth=0)
        ends += [control.low, control.high]
    axes.axvline(1, color=INK, linewidth=1)
    for row, result in enumerate(results):
        ends += _ratio(axes, row, result)
    ratio_axis(axes.xaxis, min(ends), max(ends))
    axes.set_xlabel(
        f"times as fast as {group.baseline.title}, 95 % interval; grey: the baseline against itself; right is faster"
    )
    rows(axes, [result.title for result in results])
    return save(figure, file)


def _ratio(axes: Any, row: int, result: CaseResult) -> list[float]:
    """Draw one mode's ratio, a very small one as an arrow at the edge; returns the ends that the axis must reach."""
    assert result.comparison and result.comparison.ratio
    ratio, colour_of = result.comparison.ratio, _colour(result)
    far = ratio.centre < FAR
    x = FAR if far else ratio.centre
    low, high = (x, x) if far else (ratio.low or x, ratio.high or x)
    axes.plot([low, high], [row, row], linewidth=2.2, solid_capstyle="butt", color=colour_of)
    axes.plot([x], [row], "<" if far else "o", markersize=7, color=colour_of)
    text = f"{'off the scale: ' * far}{interval(ratio, sign='x')}  {result.comparison.verdict.value}"
    axes.annotate(text, (x, row), (0, 9), textcoords="offset points", ha="left" if far else "center", fontsize=9)
    return [low, high]


def total(group: GroupResult, label: str, file: Path) -> str:
    """Seconds for a training of n steps, building and the first call included; lines cross at the break-even."""
    results = [result for result in group.cases if result.valid and not result.case.again]
    figure, axes = canvas(f"Total time, start-up included: {group.title}{label}", 3.9 + 0.12 * len(results))
    for result in results:
        _total(axes, result)
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
    return save(figure, file)


def _total(axes: Any, result: CaseResult) -> None:
    """Draw one mode's total time over steps, with a dot at its break-even."""
    steps = np.unique(np.logspace(0, 5, 200).round())
    start_s, step_s = _centre(result, "startup"), _centre(result, "step")
    even = result.break_even and result.break_even.steps
    recovered = f", repaid after {count(even.centre)} steps" if even else ""
    label = f"{result.title}: {number(start_s)} s + {number(1e3 * step_s)} ms a step{recovered}"
    style = {"color": _colour(result), "linestyle": line(result.case.mode), "linewidth": 1.8}
    axes.plot(steps, start_s + step_s * (steps - 1), **style, label=label)
    if even and even.centre < steps[-1]:  # counted after the first step, which is part of the start-up
        at = [even.centre + 1], [start_s + step_s * even.centre]
        axes.plot(*at, "o", color=_colour(result), markerfacecolor="white", zorder=5)


def _centre(result: CaseResult, metric: str) -> float:
    """The value that the tables show."""
    summary = result.summary(metric)
    assert summary
    return summary.centre


def _colour(result: CaseResult) -> str:
    return MUTED if result.case.again else colour(result.case.mode)
