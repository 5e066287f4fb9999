"""What all figures share: paper, colours, rows. PNGs are on opaque white, so that they read on any page.

Colours are Okabe and Ito's, told apart by the colour-blind; every mark is labelled, so none rests on colour alone.
"""

import math
from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import NullLocator

from bench.modes import MODES, row

COLOURS = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
LINES = ("-", "--", "-.", ":")
INK, MUTED = "#222222", "#767676"
_NO_METADATA = {"Creator": None, "Date": None, "Format": None, "Type": None}


def sheet(width: float, height: float) -> Figure:
    """An empty figure, in inches."""
    figure = Figure(figsize=(width, height), dpi=120, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def canvas(title: str, height: float) -> tuple[Figure, Any]:
    """A figure with one pair of axes under a title."""
    figure = sheet(8.0, height)
    axes = figure.add_subplot(facecolor="white")
    axes.set_title(title, loc="left", fontsize=11, color=INK)
    plain(axes)
    return figure, axes


def plain(axes: Any) -> None:
    """No frame but the two axes."""
    axes.tick_params(colors=INK)
    axes.spines[["top", "right"]].set_visible(False)


def rows(axes: Any, titles: Sequence[str]) -> None:
    """A row a title, the first on top."""
    axes.set_yticks(range(len(titles)), titles)
    axes.set_ylim(len(titles) - 0.4, -0.75)
    axes.grid(True, axis="x", color="#DDDDDD", linewidth=0.6)
    axes.set_axisbelow(True)


def ratio_axis(axis: Any, low: float, high: float) -> None:
    """A log axis, on which twice and half as fast lie equally far from 1."""
    room = max(1.08, (high / low) ** 0.14)
    rounded = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 20, 50, 100)
    fine = (0.8, 0.9, 0.95, 1.05, 1.1, 1.2) if math.log(high / low * room**2) < 0.8 else ()
    log_axis(axis, low / room, high * room, (*rounded, *fine), "x")


def log_axis(axis: Any, low: float, high: float, ticks: Sequence[float], unit: str = "") -> None:
    """A log axis from `low` to `high` with these ticks, as far as they lie on it, and no others."""
    axis.axes.set(**{f"{axis.axis_name}scale": "log", f"{axis.axis_name}lim": (low, high)})
    shown = sorted(tick for tick in ticks if low <= tick <= high)
    axis.set_ticks(shown, [f"{tick:,g}{unit}" for tick in shown])
    axis.set_minor_locator(NullLocator())


def colour(mode: str) -> str:
    """A mode's colour, the same in every figure."""
    return COLOURS[_place(mode) % len(COLOURS)]


def line(mode: str) -> str:
    """A mode's kind of line, the same in every figure."""
    return LINES[_place(mode) % len(LINES)]


def _place(mode: str) -> int:
    return MODES.index(row(mode))


def save_png(figure: Figure, file: Path) -> None:
    """Write it as PNG alone, without the library's version in it, so that the same figure gives the same bytes."""
    figure.savefig(file, metadata={"Software": None})


def save(figure: Figure, file: Path) -> str:
    """Write it as PNG and return it as SVG, with texts as text; the same figure gives the same bytes.

    `Figure.savefig` would draw it twice for each, to place its parts; here they are placed as the PNG is drawn, once.
    """
    png: Any = FigureCanvasAgg(figure)  # its methods have no types
    png.print_png(file, metadata={"Software": None})
    figure.set_layout_engine(None)
    svg: Any = FigureCanvasSVG(figure)
    text = StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": file.stem}):
        svg.print_svg(text, metadata=_NO_METADATA)
    return text.getvalue()
