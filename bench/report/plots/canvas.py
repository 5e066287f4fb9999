"""What all figures share: size, colours, axes, saving. They have an opaque white background, for any page.

Colours are Okabe and Ito's, which colour-blind readers can tell apart; every mark also has a label. Matplotlib is
imported only where something is drawn, as that takes longer than all the rest of a report.
"""

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.modes import MODES, row

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = ("#000000", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
LINES = ("-", "--", "-.", ":")
INK, MUTED = "#222222", "#767676"
_NO_METADATA = {"Creator": None, "Date": None, "Format": None, "Type": None}


@contextmanager
def style() -> Iterator[None]:
    """Drawing as it is done here, whatever a user's matplotlibrc says: texts are texts, a `$` in them too.

    A character that no font has is drawn as a box, and a name that is too long for the figure runs out of it; nobody
    needs to be warned of either.
    """
    from matplotlib import rc_context
    from matplotlib import style as styles

    with styles.context("default"), rc_context({"text.parse_math": False}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"(?s)Glyph .* missing from|constrained_layout not applied")
        yield


def sheet(width: float, height: float) -> "Figure":
    """An empty figure, in inches."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), dpi=120, facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def canvas(title: str, height: float) -> "tuple[Figure, Any]":
    """A figure with one pair of axes under a title."""
    figure = sheet(8.0, height)
    axes = figure.add_subplot(facecolor="white")
    axes.set_title(title, loc="left", y=1.0, fontsize=11, color=INK)
    plain(axes)
    return figure, axes


def plain(axes: Any) -> None:
    """Remove the frame except for the two axes."""
    axes.tick_params(colors=INK)
    axes.spines[["top", "right"]].set_visible(False)


def rows(axes: Any, titles: Sequence[str]) -> None:
    """A row for each title, the first on top."""
    axes.set_yticks(range(len(titles)), titles)
    axes.set_ylim(len(titles) - 0.4, -0.75)
    axes.grid(True, axis="x", color="#DDDDDD", linewidth=0.6)
    axes.set_axisbelow(True)


def ratio_axis(axis: Any, low: float, high: float) -> None:
    """A log axis, on which twice and half as fast are equally far from 1."""
    margin = max(1.08, (high / low) ** 0.14)
    coarse = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 10, 20, 50, 100)
    fine = (0.8, 0.9, 0.95, 1.05, 1.1, 1.2) if math.log(high / low * margin**2) < 0.8 else ()
    log_axis(axis, low / margin, high * margin, (*coarse, *fine), "x")


def log_axis(axis: Any, low: float, high: float, ticks: Sequence[float], unit: str = "") -> None:
    """A log axis from `low` to `high` with those of these ticks that lie on it, and no others."""
    from matplotlib.ticker import NullLocator

    axis.axes.set(**{f"{axis.axis_name}scale": "log", f"{axis.axis_name}lim": (low, high)})
    on_axis = sorted(tick for tick in ticks if low <= tick <= high)
    axis.set_ticks(on_axis, [f"{tick:,g}{unit}" for tick in on_axis])
    axis.set_minor_locator(NullLocator())


def colour(mode: str) -> str:
    """A mode's colour, the same in every figure."""
    return COLOURS[_index(mode) % len(COLOURS)]


def line(mode: str) -> str:
    """A mode's kind of line, the same in every figure."""
    return LINES[_index(mode) % len(LINES)]


def _index(mode: str) -> int:
    return MODES.index(row(mode))


def save_png(figure: "Figure", file: Path) -> None:
    """Write the figure as PNG, without the library's version in it, so that the same figure gives the same bytes."""
    figure.savefig(file, metadata={"Software": None})


def svg(figure: "Figure", name: str) -> str:
    """The figure as SVG, with texts as text; `name` makes its ids. The same figure gives the same text.

    `Figure.savefig` would draw it twice, to lay it out; here the layout is made by itself.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    engine = figure.get_layout_engine()
    assert engine, "sheet() sets one"
    engine.execute(figure)
    figure.set_layout_engine(None)
    canvas: Any = FigureCanvasSVG(figure)  # its methods have no types
    text = StringIO()
    with rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        canvas.print_svg(text, metadata=_NO_METADATA)
    return text.getvalue().encode("utf-8", "backslashreplace").decode()
