"""The figures of trainings over modes and seeds: the distribution of accuracies, and curves over seconds and steps."""

from collections.abc import Sequence
from functools import partial

from bench.analysis.learning import CurvePoint, Learning, ModeLearning, curve
from bench.report.plots.axes import Scale, even_ticks
from bench.report.plots.forest import ForestRow, Ruler, forest
from bench.report.plots.lines import ChartLine, LinePoint, Panel, panels
from bench.report.plots.look import dashes, family
from bench.report.plots.scene import Drawing


def accuracies(learning: Learning) -> Drawing:
    """Each seed's final test accuracy as a dot, by mode, with the mean; grey: the margin around the baseline's mean."""
    rows = tuple(_finals(mode, mode.mean) for mode in learning.modes if mode.mean is not None)
    base, margin = learning.baseline.mean, 100 * learning.plan.margin
    band = None if base is None else (100 * base - margin, 100 * base + margin)
    reached = [*(value for row in rows for value in row.dots), *(band or ())]
    low, high = min(reached) - 0.3, max(reached) + 0.3
    ticks = tuple((tick, f"{tick:g} %") for tick in even_ticks(low, high))
    return partial(forest, rows, Ruler(low, high, ticks, log=False, band=band))


def _finals(mode: ModeLearning, mean: float) -> ForestRow:
    dots = tuple(100 * final for final in mode.finals.values())
    return ForestRow(mode.title, family(mode.mode), 100 * mean, value=f"{mean:.2%}".replace("%", " %"), dots=dots)


def over_seconds(learning: Learning) -> Drawing:
    """Test accuracy over seconds of training, start-up included: the mean over seeds."""
    lines = tuple(_line(mode, "test_accuracy", seconds=True) for mode in learning.modes)
    across = _across(lines, "s")
    target = 100 * learning.plan.target, f"target {learning.plan.target:.2%}".replace("%", " %")
    names = "seconds of training, start-up included", "test accuracy"
    return partial(panels, (Panel(lines, across, _up(lines, "test_accuracy", target[0]), names, target=target),))


def over_steps(learning: Learning) -> Drawing:
    """Test accuracy and test loss over steps: the mean over seeds, and an area from the lowest to the highest."""
    shown = []
    for value, name in (("test_accuracy", "test accuracy"), ("test_loss", "test loss (nats)")):
        lines = tuple(_line(mode, value, seconds=False) for mode in learning.modes)
        shown.append(Panel(lines, _across(lines, ""), _up(lines, value), ("training steps", name)))
    return partial(panels, tuple(shown))


def _line(mode: ModeLearning, value: str, seconds: bool) -> ChartLine:
    scale = 100.0 if value == "test_accuracy" else 1.0
    points = tuple(_point(p, p.seconds if seconds else p.step, scale, seconds) for p in curve(mode, value))
    return ChartLine(mode.title, family(mode.mode), points, dashes(mode.mode), False, area=not seconds, tip=mode.title)


def _point(point: CurvePoint, x: float, scale: float, seconds: bool) -> LinePoint:
    ends = (None, None) if seconds else (scale * point.low, scale * point.high)
    return LinePoint(x, scale * point.mean, *ends)


def _across(lines: Sequence[ChartLine], unit: str) -> Scale:
    high = max((point.x for line in lines for point in line.points), default=1.0)
    return Scale(
        0, high, 0, 1, ticks=tuple((tick, f"{tick:,g}{' ' * bool(unit)}{unit}") for tick in even_ticks(0, high))
    )


def _up(lines: Sequence[ChartLine], value: str, target: float | None = None) -> Scale:
    ends = [end for line in lines for p in line.points for end in (p.low or p.y, p.high or p.y)]
    ends += [target] if target is not None else []
    low, high = min(ends, default=0.0), max(ends, default=1.0)
    percent = " %" if value == "test_accuracy" else ""
    margin = 0.04 * (high - low)
    ticks = tuple((tick, f"{tick:g}{percent}") for tick in even_ticks(low - margin, high + margin, 5))
    return Scale(low - margin, high + margin, 0, 1, ticks=ticks)
