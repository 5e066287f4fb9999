"""The figures, and the only import of matplotlib. On opaque white, so that they read in print and on a dark page.

Colours are Okabe and Ito's, told apart by the colour-blind; every mark is labelled, so none rests on colour alone.
"""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, NullFormatter

from bench.analysis import CaseResult, GroupResult
from bench.modes import MODES
from bench.report.wording import count, interval, number
from bench.train_records import Point
from cifar_core.batch_file import Part

_COLOURS = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
_LINES = ("-", "--", "-.", ":")
_INK, _MUTED = "#222222", "#767676"


def slices(group: GroupResult, label: str, file: Path) -> None:
    """Each slice's time of a step as a dot, by mode; the line is the table's value."""
    results = [result for result in group.cases if result.valid]
    figure, axes = _canvas(f"Time of a step: {group.title}{label}", 0.62 * len(results) + 1.5)
    highest = 0.0
    for row, result in enumerate(results):
        times = [1e3 * s / m.steady.steps_per_slice for m in result.measurements for s in m.steady.seconds]
        jitter = np.random.default_rng(0).uniform(-0.24, 0.24, len(times))
        centre = 1e3 * _centre(result, "step")
        axes.plot(times, row + jitter, ".", color=_colour(result), markersize=5, alpha=0.55, markeredgewidth=0)
        axes.plot([centre, centre], [row - 0.36, row + 0.36], color=_colour(result), linewidth=2.4)
        highest = max(highest, *times)
    axes.set_xlim(0, 1.05 * highest)
    axes.set_xlabel("ms a step (a dot is one slice, the line is the table's value); left is faster")
    _rows(axes, results)
    _save(figure, file)


def ratios(group: GroupResult, label: str, file: Path) -> None:
    """Each mode's ratio to the baseline with its interval, against the noise floor."""
    results = [r for r in group.candidates if r.comparison and r.comparison.ratio]
    figure, axes = _canvas(f"Speed against {group.baseline.title}: {group.title}{label}", 0.62 * len(results) + 1.6)
    ends = [1.0]
    if group.again and group.again.low and group.again.high:
        axes.axvspan(group.again.low, group.again.high, color="#BBBBBB", alpha=0.5, linewidth=0)
        ends += [group.again.low, group.again.high]
    axes.axvline(1, color=_INK, linewidth=1)
    for row, result in enumerate(results):
        assert result.comparison and result.comparison.ratio
        ratio = result.comparison.ratio
        low, high = ratio.low or ratio.centre, ratio.high or ratio.centre
        axes.plot([low, high], [row, row], color=_colour(result), linewidth=2.2, solid_capstyle="butt")
        axes.plot([ratio.centre], [row], "o", color=_colour(result), markersize=7)
        text = f"{interval(ratio, sign='x')}  {result.comparison.verdict.value}"
        axes.annotate(text, (ratio.centre, row), (0, 9), textcoords="offset points", ha="center", fontsize=9)
        ends += [low, high]
    _ratio_axis(axes, min(ends), max(ends))
    axes.set_xlabel(
        f"times as fast as {group.baseline.title}, 95 % interval; grey: the baseline against itself; right is faster"
    )
    _rows(axes, results)
    _save(figure, file)


def total(group: GroupResult, label: str, file: Path) -> None:
    """Seconds for a training of n steps, building and the first call included: where lines cross, it is repaid."""
    results = [result for result in group.cases if result.valid and not result.case.again]
    figure, axes = _canvas(f"Total time, start-up included: {group.title}{label}", 3.9)
    steps = np.unique(np.logspace(0, 5, 200).round())
    for result in results:
        start, step = _centre(result, "startup"), _centre(result, "step")
        even = result.break_even and result.break_even.steps
        repaid = f", repaid after {count(even.centre)} steps" if even else ""
        name = f"{result.title}: {number(start)} s + {number(1e3 * step)} ms a step{repaid}"
        style = _LINES[_place(result) % len(_LINES)]
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
    axes.set_xlabel("training steps")
    axes.set_ylabel("seconds in all")
    axes.grid(True, color="#DDDDDD", linewidth=0.6)
    axes.legend(frameon=False, fontsize=9)
    _save(figure, file)


def curves(points: Sequence[Point], title: str, file: Path) -> None:
    """Loss and accuracy over the steps of one training: on the training images and, evaluated, on the test images."""
    figure = Figure(figsize=(8.0, 5.6), dpi=120, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    above, below = figure.subplots(2, 1, sharex=True)
    steps = [point.step for point in points]
    above.plot(steps, [p.loss for p in points], "o--", color=_COLOURS[1], markersize=4, label="last training batch")
    above.plot(steps, [p.test_loss for p in points], "s-", color=_COLOURS[2], markersize=4, label="test images")
    above.set_ylabel("loss (nats)")
    below.plot(steps, [100 * p.accuracy for p in points], "o--", color=_COLOURS[1], markersize=4)
    below.plot(steps, [100 * p.test_accuracy for p in points], "s-", color=_COLOURS[2], markersize=4)
    below.set_ylabel("accuracy (%)")
    below.set_xlabel("training steps")
    above.set_title(title, loc="left", fontsize=11, color=_INK)
    above.legend(frameon=False, fontsize=9)
    for axes in (above, below):
        axes.grid(True, color="#DDDDDD", linewidth=0.6)
        axes.spines[["top", "right"]].set_visible(False)
    _save(figure, file)


def samples(part: Part, names: Sequence[str], title: str, file: Path) -> None:
    """The first eight images of each class, a row a class with its name."""
    figure = Figure(figsize=(6.4, 7.4), dpi=120, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    figure.suptitle(title, fontsize=10, color=_INK)
    grid = figure.subplots(len(names), 8)
    for label, (row, name) in enumerate(zip(grid, names, strict=True)):
        chosen = np.flatnonzero(part.labels == label)[:8]
        for axes, image in zip(row, [*part.images[chosen], *[None] * 8], strict=False):
            axes.set_xticks([])
            axes.set_yticks([])
            axes.set_frame_on(False)
            if image is not None:
                axes.imshow(image, interpolation="nearest")
        row[0].set_ylabel(f"{label} {name}", rotation=0, ha="right", va="center", fontsize=9, color=_INK)
    _save(figure, file)


def _centre(result: CaseResult, metric: str) -> float:
    """The value that the tables show."""
    summary = result.summary(metric)
    assert summary
    return summary.centre


def _canvas(title: str, height: float) -> tuple[Figure, Any]:
    figure = Figure(figsize=(8.0, height), dpi=120, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot(facecolor="white")
    axes.set_title(title, loc="left", fontsize=11, color=_INK)
    axes.tick_params(colors=_INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    return figure, axes


def _rows(axes: Any, results: list[CaseResult]) -> None:
    axes.set_yticks(range(len(results)), [result.title for result in results])
    axes.set_ylim(len(results) - 0.4, -0.75)
    axes.grid(True, axis="x", color="#DDDDDD", linewidth=0.6)
    axes.set_axisbelow(True)


def _ratio_axis(axes: Any, low: float, high: float) -> None:
    """A log axis, on which twice and half as fast lie equally far from 1."""
    room = max(1.08, (high / low) ** 0.14)
    low, high = low / room, high * room
    axes.set_xscale("log")
    axes.set_xlim(low, high)
    rounded = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 20, 50, 100]
    fine = [0.8, 0.9, 0.95, 1.05, 1.1, 1.2] if math.log(high / low) < 0.8 else []
    ticks = sorted(tick for tick in rounded + fine if low <= tick <= high)
    axes.set_xticks(ticks, [f"{tick:g}x" for tick in ticks])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.tick_params(which="minor", length=0)


def _place(result: CaseResult) -> int:
    return [mode.name for mode in MODES].index(result.case.mode)


def _colour(result: CaseResult) -> str:
    return _MUTED if result.case.again else _COLOURS[_place(result) % len(_COLOURS)]


def _save(figure: Figure, file: Path) -> None:
    # Without the library's version in it, so that the same files give the same bytes.
    figure.savefig(file, metadata={"Software": None})
