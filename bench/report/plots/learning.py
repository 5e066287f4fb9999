"""The figures of trainings over modes and seeds: the distribution of accuracies, and curves over steps and seconds."""

from pathlib import Path

from bench.analysis.learning import Learning, curve
from bench.report.plots.canvas import INK, MUTED, canvas, colour, line, plain, rows, save, sheet

_VALUES = (("test_loss", "test loss (nats)", 1.0), ("test_accuracy", "test accuracy (%)", 100.0))


def accuracies(learning: Learning, file: Path) -> str:
    """Each seed's final test accuracy as a dot, by mode, with the mean; grey: the margin around the baseline's mean."""
    finished = [mode for mode in learning.modes if mode.mean is not None]
    steps = learning.plan.training.training_steps
    figure, axes = canvas(f"Test accuracy after {steps:,} steps{learning.label}", 0.62 * len(finished) + 1.5)
    if learning.baseline.mean is not None:
        base, margin = 100 * learning.baseline.mean, 100 * learning.plan.margin
        axes.axvspan(base - margin, base + margin, color="#BBBBBB", alpha=0.4, linewidth=0)
    for row, mode in enumerate(finished):
        finals = [100 * accuracy for accuracy in mode.finals.values()]
        axes.plot(finals, [row] * len(finals), "o", color=colour(mode.mode), markersize=6, alpha=0.6, markeredgewidth=0)
        axes.plot([100 * (mode.mean or 0)] * 2, [row - 0.33, row + 0.33], color=colour(mode.mode), linewidth=2.4)
    axes.set_xlabel(
        f"% of the test images (a dot is one seed, the line the mean; grey: {learning.baseline.title} ± margin)"
    )
    rows(axes, [mode.title for mode in finished])
    return save(figure, file)


def curves(learning: Learning, file: Path) -> str:
    """Test loss and accuracy, over steps on the left, over seconds (start included) on the right."""
    figure = sheet(10.0, 6.6)
    grid = figure.subplots(2, 2, sharey="row")
    for (value, title, scale), (over_steps, over_seconds) in zip(_VALUES, grid, strict=True):
        for mode in learning.modes:
            points = curve(mode, value)
            style = {"color": colour(mode.mode), "linestyle": line(mode.mode), "linewidth": 1.6, "label": mode.title}
            steps, seconds = [p.step for p in points], [p.seconds for p in points]
            over_steps.plot(steps, [scale * p.mean for p in points], **style)
            over_seconds.plot(seconds, [scale * p.mean for p in points], **style)
            ends = [scale * p.low for p in points], [scale * p.high for p in points]
            over_steps.fill_between(steps, *ends, color=colour(mode.mode), alpha=0.12, linewidth=0)
        over_steps.set_ylabel(title)
    for axes in grid.flat:
        plain(axes)
        axes.grid(True, color="#DDDDDD", linewidth=0.6)
    for axes in grid[1]:
        target = 100 * learning.plan.target
        axes.axhline(target, color=MUTED, linewidth=1, linestyle=":")
        position = {"xycoords": ("axes fraction", "data"), "ha": "left", "va": "bottom"}
        axes.annotate(f"target {target:g} %", (0.01, target), **position, color=MUTED, fontsize=9)
    grid[1][0].set_xlabel("training steps (band: lowest to highest seed)")
    grid[1][1].set_xlabel("seconds (mean over seeds), building and first call included")
    grid[0][0].set_title(f"Over steps and over time{learning.label}", loc="left", fontsize=11, color=INK)
    grid[0][1].legend(frameon=False, fontsize=9)
    return save(figure, file)
