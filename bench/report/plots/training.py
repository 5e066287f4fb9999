"""The figures of one training: its curves, and samples of its images."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from bench.records.training import Point
from bench.report.plots import png
from bench.report.plots.axes import Scale, even_ticks
from bench.report.plots.lines import ChartLine, LinePoint, Panel, panels
from bench.report.plots.scene import Drawing
from cifar_core.batch_file import Part


def curves(points: Sequence[Point]) -> Drawing:
    """Loss and accuracy over the steps of one training: on the training images and, evaluated, on the test images."""
    losses = _panel("loss (nats)", [(p.step, p.loss, p.test_loss) for p in points], "last batch")
    accuracies = [(p.step, 100 * p.accuracy, 100 * p.test_accuracy) for p in points]
    return partial(panels, (losses, _panel("accuracy", accuracies, "training", " %")))


def _panel(name: str, points: Sequence[tuple[int, float, float]], training: str, percent: str = "") -> Panel:
    lines = (
        ChartLine("test images", "graph", tuple(LinePoint(step, test) for step, _, test in points), "", False),
        ChartLine(training, "base", tuple(LinePoint(step, own) for step, own, _ in points), "5 3", False),
    )
    values = [value for _, *pair in points for value in pair] or [0.0, 1.0]
    low, high = min(values), max(values)
    up = Scale(low, high, 0, 1, ticks=tuple((tick, f"{tick:g}{percent}") for tick in even_ticks(low, high, 5)))
    last = max((step for step, *_ in points), default=1)
    across = Scale(0, last, 0, 1, ticks=tuple((tick, f"{tick:,.0f}") for tick in even_ticks(0, last)))
    return Panel(lines, across, up, ("training steps", name))


def samples(part: Part, names: Sequence[str], title: str, file: Path) -> None:
    """The first eight images of each class, a row for each class with its name, as PNG. Raises OSError."""
    with png.style():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        figure = Figure(figsize=(6.4, 7.4), dpi=120, facecolor="white", layout="constrained")
        FigureCanvasAgg(figure)
        figure.suptitle(title, fontsize=10)
        for label, (row, name) in enumerate(zip(figure.subplots(len(names), 8), names, strict=True)):
            chosen = np.flatnonzero(part.labels == label)[:8]
            for axes, image in zip(row, [*part.images[chosen], *[None] * 8], strict=False):
                axes.set(xticks=[], yticks=[], frame_on=False)
                if image is not None:
                    axes.imshow(image, interpolation="nearest")
            row[0].set_ylabel(f"{label} {name}", rotation=0, ha="right", va="center", fontsize=9)
        figure.savefig(file, metadata={"Software": None})
