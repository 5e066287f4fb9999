"""The figures of a training: its curves, and samples of its images."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench.records.training import Point
from bench.report.plots.canvas import COLOURS, INK, plain, sheet
from bench.report.plots.drawing import Drawing, png
from cifar_core.batch_file import Part

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def curves(points: Sequence[Point], title: str) -> Drawing:
    """Loss and accuracy over the steps of one training: on the training images and, evaluated, on the test images."""
    drawn = tuple((p.step, p.loss, p.test_loss, 100 * p.accuracy, 100 * p.test_accuracy) for p in points)
    return partial(_curves, drawn, title)


def _curves(points: Sequence[tuple[float, ...]], title: str) -> "Figure":
    figure = sheet(8.0, 5.6)
    above, below = figure.subplots(2, 1, sharex=True)
    steps, losses, test_losses, accuracies, test_accuracies = zip(*points, strict=True) if points else ((),) * 5
    above.plot(steps, losses, "o--", color=COLOURS[1], markersize=4, label="last training batch")
    above.plot(steps, test_losses, "s-", color=COLOURS[2], markersize=4, label="test images")
    above.set_ylabel("loss (nats)")
    below.plot(steps, accuracies, "o--", color=COLOURS[1], markersize=4)
    below.plot(steps, test_accuracies, "s-", color=COLOURS[2], markersize=4)
    below.set_ylabel("accuracy (%)")
    below.set_xlabel("training steps")
    above.set_title(title, loc="left", y=1.0, fontsize=11, color=INK)
    above.legend(frameon=False, fontsize=9)
    for axes in (above, below):
        axes.grid(True, color="#DDDDDD", linewidth=0.6)
        plain(axes)
    return figure


def samples(part: Part, names: Sequence[str], title: str, file: Path) -> None:
    """The first eight images of each class, a row for each class with its name, as PNG. Raises OSError."""
    png(partial(_samples, part, names, title), file)


def _samples(part: Part, names: Sequence[str], title: str) -> "Figure":
    figure = sheet(6.4, 7.4)
    figure.suptitle(title, fontsize=10, color=INK)
    grid = figure.subplots(len(names), 8)
    for label, (row, name) in enumerate(zip(grid, names, strict=True)):
        chosen = np.flatnonzero(part.labels == label)[:8]
        for axes, image in zip(row, [*part.images[chosen], *[None] * 8], strict=False):
            axes.set_xticks([])
            axes.set_yticks([])
            axes.set_frame_on(False)
            if image is not None:
                axes.imshow(image, interpolation="nearest")
        row[0].set_ylabel(f"{label} {name}", rotation=0, ha="right", va="center", fontsize=9, color=INK)
    return figure
