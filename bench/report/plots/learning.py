"""The figures of trainings over modes and seeds: the distribution of accuracies, and curves over steps and seconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from bench.analysis.learning import Learning, ModeLearning, curve
from bench.report.plots.canvas import INK, MUTED, canvas, colour, line, plain, rows, sheet
from bench.report.plots.drawing import Drawing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_VALUES = (("test_loss", "test loss (nats)", 1.0), ("test_accuracy", "test accuracy (%)", 100.0))


@dataclass(frozen=True, slots=True)
class _Finals:
    """A mode's row: each seed's final accuracy and the mean, in %."""

    title: str
    colour: str
    finals: tuple[float, ...]
    mean: float


@dataclass(frozen=True, slots=True)
class _Curve:
    """One mode's value over its points: their step, seconds, mean, lowest and highest."""

    title: str
    colour: str
    line: str
    points: tuple[tuple[float, ...], ...]


def accuracies(learning: Learning) -> Drawing:
    """Each seed's final test accuracy as a dot, by mode, with the mean; grey: the margin around the baseline's mean."""
    title = f"Test accuracy after {learning.plan.training.training_steps:,} steps{learning.label}"
    finished = tuple(
        _Finals(m.title, colour(m.mode), tuple(100 * final for final in m.finals.values()), 100 * m.mean)
        for m in learning.modes
        if m.mean is not None
    )
    base, margin = learning.baseline.mean, 100 * learning.plan.margin
    band = None if base is None else (100 * base - margin, 100 * base + margin)
    return partial(_accuracies, title, learning.baseline.title, band, finished)


def _accuracies(title: str, baseline: str, band: tuple[float, float] | None, finished: Sequence[_Finals]) -> "Figure":
    figure, axes = canvas(title, 0.62 * len(finished) + 1.5)
    if band:
        axes.axvspan(*band, color="#BBBBBB", alpha=0.4, linewidth=0)
    for row, mode in enumerate(finished):
        dots = {"color": mode.colour, "markersize": 6, "alpha": 0.6, "markeredgewidth": 0}
        axes.plot(mode.finals, [row] * len(mode.finals), "o", **dots)
        axes.plot([mode.mean] * 2, [row - 0.33, row + 0.33], color=mode.colour, linewidth=2.4)
    axes.set_xlabel(f"% of the test images (a dot is one seed, the line the mean; grey: {baseline} ± margin)")
    rows(axes, [mode.title for mode in finished])
    return figure


def curves(learning: Learning) -> Drawing:
    """Test loss and accuracy, over steps on the left, over seconds (start included) on the right."""
    shown = tuple(tuple(_curve(mode, value, scale) for mode in learning.modes) for value, _, scale in _VALUES)
    return partial(_curves, f"Over steps and over time{learning.label}", 100 * learning.plan.target, shown)


def _curve(mode: ModeLearning, value: str, scale: float) -> _Curve:
    points = curve(mode, value)
    drawn = tuple((p.step, p.seconds, scale * p.mean, scale * p.low, scale * p.high) for p in points)
    return _Curve(mode.title, colour(mode.mode), line(mode.mode), drawn)


def _curves(title: str, target: float, shown: Sequence[Sequence[_Curve]]) -> "Figure":
    figure = sheet(10.0, 6.6)
    grid = figure.subplots(2, 2, sharey="row")
    for (_, name, _), modes, (over_steps, over_seconds) in zip(_VALUES, shown, grid, strict=True):
        for mode in modes:
            _plot(over_steps, over_seconds, mode)
        over_steps.set_ylabel(name)
    for axes in grid.flat:
        plain(axes)
        axes.grid(True, color="#DDDDDD", linewidth=0.6)
    for axes in grid[1]:
        axes.axhline(target, color=MUTED, linewidth=1, linestyle=":")
        position = {"xycoords": ("axes fraction", "data"), "ha": "left", "va": "bottom"}
        axes.annotate(f"target {target:g} %", (0.01, target), **position, color=MUTED, fontsize=9)
    grid[1][0].set_xlabel("training steps (band: lowest to highest seed)")
    grid[1][1].set_xlabel("seconds (mean over seeds), building and first call included")
    grid[0][0].set_title(title, loc="left", y=1.0, fontsize=11, color=INK)
    grid[0][1].legend(frameon=False, fontsize=9)
    return figure


def _plot(over_steps: Any, over_seconds: Any, mode: _Curve) -> None:
    style = {"color": mode.colour, "linestyle": mode.line, "linewidth": 1.6, "label": mode.title}
    steps, seconds, means, lows, highs = zip(*mode.points, strict=True) if mode.points else ((),) * 5
    over_steps.plot(steps, means, **style)
    over_seconds.plot(seconds, means, **style)
    over_steps.fill_between(steps, lows, highs, color=mode.colour, alpha=0.12, linewidth=0)
