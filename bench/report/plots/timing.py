"""The figures of a timed run: slices, ratios, total time."""

from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.ticker import FuncFormatter, NullLocator

from bench.analysis.results import CaseResult, GroupResult
from bench.report.form.wording import count, interval, number
from bench.report.plots.canvas import INK, MUTED, canvas, colour, line, log_axis, ratio_axis, rows, save

FAR = 0.3  # a ratio below this would squeeze all others into a corner
SPREAD = 20  # slices this many times apart are drawn on a log axis
MANY = 3000  # dots: more are drawn as an image in a page, which each of them would make longer


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
    """Each mode's ratio to the baseline with its interval, against the noise floor."""
    results = [r for r in group.candidates if r.comparison and r.comparison.ratio]
    figure, axes = canvas(f"Speed against {group.baseline.title}: {group.title}{label}", 0.62 * len(results) + 1.6)
    ends = [1.0]
    if group.again and group.again.low and group.again.high:
        axes.axvspan(group.again.low, group.again.high, color="#BBBBBB", alpha=0.5, linewidth=0)
        ends += [group.again.low, group.again.high]
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
    """One mode's ratio, and how far the axis must reach for it; a tiny one is an arrow at the edge."""
    assert result.comparison and result.comparison.ratio
    ratio, at = result.comparison.ratio, {"color": _colour(result)}
    far = ratio.centre < FAR
    place = FAR if far else ratio.centre
    low, high = (place, place) if far else (ratio.low or place, ratio.high or place)
    axes.plot([low, high], [row, row], linewidth=2.2, solid_capstyle="butt", **at)
    axes.plot([place], [row], "<" if far else "o", markersize=7, **at)
    text = f"{'off the scale: ' * far}{interval(ratio, sign='x')}  {result.comparison.verdict.value}"
    axes.annotate(text, (place, row), (0, 9), textcoords="offset points", ha="left" if far else "center", fontsize=9)
    return [low, high]


def total(group: GroupResult, label: str, file: Path) -> str:
    """Seconds for a training of n steps, building and the first call included: where lines cross, it is repaid."""
    results = [result for result in group.cases if result.valid and not result.case.again]
    figure, axes = canvas(f"Total time, start-up included: {group.title}{label}", 3.9 + 0.12 * len(results))
    steps = np.unique(np.logspace(0, 5, 200).round())
    for result in results:
        start, step = _centre(result, "startup"), _centre(result, "step")
        even = result.break_even and result.break_even.steps
        repaid = f", repaid after {count(even.centre)} steps" if even else ""
        name = f"{result.title}: {number(start)} s + {number(1e3 * step)} ms a step{repaid}"
        style = line(result.case.mode)
        axes.plot(steps, start + step * (steps - 1), style, color=_colour(result), linewidth=1.8, label=name)
        if even and even.centre < steps[-1]:  # so many steps after the first, which is part of the start
            axes.plot(
                [even.centre + 1],
                [start + step * even.centre],
                "o",
                color=_colour(result),
                markerfacecolor="white",
                zorder=5,
            )
    axes.set_xscale("log")
    axes.set_yscale("log")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))
        axis.set_minor_locator(NullLocator())  # which would take longer to draw than all the rest
    axes.set_xlabel("training steps")
    axes.set_ylabel("seconds in all")
    axes.grid(True, color="#DDDDDD", linewidth=0.6)
    figure.legend(  # below: many modes, many lines
        frameon=False, fontsize=8, loc="outside lower center", ncols=2, columnspacing=1.0, handlelength=2.4
    )
    return save(figure, file)


def _centre(result: CaseResult, metric: str) -> float:
    """The value that the tables show."""
    summary = result.summary(metric)
    assert summary
    return summary.centre


def _colour(result: CaseResult) -> str:
    return MUTED if result.case.again else colour(result.case.mode)
