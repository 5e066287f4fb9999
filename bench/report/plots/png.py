"""A scene as PNG, for programs that show no SVG: drawn by Matplotlib, which is imported here and nowhere on the way."""

import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.report.plots.scene import Blob, Dots, Patch, Rectangle, Scene, Shape, Stroke, Together, Words
from bench.report.plots.svg import colours

DPI = 144
MARGIN = 12  # pixels
_STROKES = {  # colour ("" is the family's), width in pixels, opacity
    "grid": ("line", 1.0, 1.0),
    "one": ("rule", 1.25, 1.0),
    "lim": ("bad", 1.5, 1.0),
    "whisker": ("", 1.6, 1.0),
    "ln": ("", 1.6, 1.0),
    "bar": ("", 7.0, 0.38),
    "span": ("", 4.0, 0.55),
}
_BOXES = {"aa": "aa", "pick": "pick", "zone": "bad-soft"}
_MARKS = {"base": "D", "xla": "^", "keras": "s", "peer": "v"}
_POINT = 0.75  # of a pixel, at 96 pixels an inch


@contextmanager
def style() -> Iterator[None]:
    """Drawing as it is done here, whatever a user's matplotlibrc says: texts are texts, a `$` in them too.

    A character that no font has is drawn as a box; nobody needs to be warned of that.
    """
    from matplotlib import rc_context
    from matplotlib import style as styles

    with styles.context("default"), rc_context({"text.parse_math": False}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"(?s)Glyph .* missing from")
        yield


def save(scene: Scene, file: Path) -> None:
    """Draw it, twice as fine as on the page. The same scene gives the same bytes. Raises OSError."""
    with style():
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        width, height = scene.width + 2 * MARGIN, scene.height + 2 * MARGIN
        figure = Figure(figsize=(width / 96, height / 96), dpi=DPI, facecolor=colours()["card"])
        FigureCanvasAgg(figure)
        axes: Any = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(-MARGIN, scene.width + MARGIN), ylim=(scene.height + MARGIN, -MARGIN))
        axes.set_axis_off()
        _draw(axes, scene.shapes, "")
        figure.savefig(file, metadata={"Software": None})


def _draw(axes: Any, shapes: Sequence[Shape], family: str) -> None:
    for order, shape in enumerate(shapes):
        _shape(axes, shape, family, order)


def _colour(name: str, family: str) -> str:
    return colours()[name or family or "base"]


def _shape(axes: Any, shape: Shape, family: str, order: int) -> None:
    match shape:
        case Stroke(points, look, dashes):
            name, width, opacity = _STROKES[look]
            pattern = (0, tuple(float(part) for part in dashes.split())) if dashes else "-"
            style = {"linewidth": width * _POINT, "alpha": opacity, "linestyle": pattern, "solid_capstyle": "butt"}
            axes.plot(*zip(*points, strict=True), color=_colour(name, family), **style)
        case Words():
            _words(axes, shape)
        case Rectangle(x, y, width, height, look):
            if look in _BOXES:
                axes.fill([x, x + width, x + width, x], [y, y, y + height, y + height], color=_colour(_BOXES[look], ""))
        case Blob(x, y, _, radius):
            mark = {"marker": _MARKS.get(family, "o"), "markersize": 1.8 * radius * _POINT, "zorder": 3}
            axes.plot([x], [y], color=_colour("", family), markeredgecolor=colours()["card"], **mark)
        case Dots(points):
            if points:
                axes.plot(*zip(*points, strict=True), ".", color=_colour("", family), markersize=3.2, markeredgewidth=0)
        case Patch(points):
            axes.fill(*zip(*points, strict=True), color=_colour("", family), alpha=0.15, linewidth=0)
        case Together(own, shapes, _):
            _draw(axes, shapes, own)


def _words(axes: Any, words: Words) -> None:
    look = words.look.split()
    align = "right" if "e" in look else "center" if "m" in look else "left"
    size = (11.5 if "t" in look else 12.5) * _POINT
    weight = "bold" if "b" in look else "normal"
    text = re.sub(r"\s+", " ", words.text)
    axes.text(words.x, words.y, text, ha=align, va="baseline", fontsize=size, fontweight=weight,
              color=_colour("faint" if "f" in look else "ink", ""))  # fmt: skip
