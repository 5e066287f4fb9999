"""A scene as SVG: inside the page, which styles it, or as a file of its own with the light colours in it."""

import re
from collections.abc import Sequence
from functools import cache
from html import escape
from importlib.resources import files

from bench.report.plots.scene import Blob, Dots, Patch, Place, Rectangle, Scene, Shape, Stroke, Together, Words

_COLOURS = re.compile(r"--([\w-]+): (#\w+)")


def inline(scene: Scene, look: str, name: str, alt: str) -> str:
    """The SVG element for the page. `name`, unique in the page, begins its ids; `alt` describes the picture."""
    wide = f'class="{look}" style="max-width:{scene.width * 1.05:.0f}px"'
    labels = f'role="img" aria-labelledby="{name}-title" aria-describedby="{name}-words"'
    head = f'<title id="{name}-title">{escape(_short(alt))}</title><desc id="{name}-words">{escape(alt)}</desc>'
    return f"<svg {wide} {_view(scene)} {labels}>\n{head}\n{_drawn(scene.shapes)}\n</svg>"


def standalone(scene: Scene, alt: str) -> str:
    """The SVG as a file: its colours are the light ones, on an opaque ground, for any page."""
    margin = 12
    view = f'viewBox="{-margin} {-margin} {_n(scene.width + 2 * margin)} {_n(scene.height + 2 * margin)}"'
    size = f'width="{_n(scene.width + 2 * margin)}" height="{_n(scene.height + 2 * margin)}"'
    ground = f'<rect x="{-margin}" y="{-margin}" width="100%" height="100%" style="fill:var(--card)"/>'
    title = f"<title>{escape(_short(alt))}</title><desc>{escape(alt)}</desc>"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {view} {size} role="img">\n<style>\n{_style()}\n</style>'
    return f"{head}\n{title}\n{ground}\n{_drawn(scene.shapes)}\n</svg>\n"


def mark(family: str) -> str:
    """A family's mark as a small picture before its name."""
    return (
        f'<svg class="mark {family}" viewBox="0 0 12 12" aria-hidden="true">{_blob(Blob(6, 6, "fill"), family)}</svg>'
    )


@cache
def colours() -> dict[str, str]:
    """The light colours of the page, by the names of style.css."""
    return dict(_COLOURS.findall(_sheet().partition("@media")[0]))


@cache
def _sheet() -> str:
    return files("bench.report.form.page").joinpath("style.css").read_text(encoding="utf-8")


@cache
def _style() -> str:
    """The part of the page's style sheet that is about figures, and the light colours."""
    rules = _sheet().partition("/* Figures")[2].partition("*/")[2].partition("/* Legend")[0]
    variables = " ".join(f"--{name}: {colour};" for name, colour in colours().items())
    return f"svg {{ {variables} --sans: system-ui, 'DejaVu Sans', Verdana, sans-serif; }}\n{rules.strip()}"


def _short(alt: str) -> str:
    return alt.partition(": ")[0]


def _view(scene: Scene) -> str:
    return f'viewBox="0 0 {_n(scene.width)} {_n(scene.height)}"'


def _n(value: float) -> str:
    """A place to a tenth of a pixel, as short as it can be written."""
    return f"{value:.1f}".removesuffix(".0")


def _path(points: Sequence[Place]) -> str:
    return "M" + "L".join(f"{_n(x)} {_n(y)}" for x, y in points)


def _drawn(shapes: Sequence[Shape], family: str = "") -> str:
    return "\n".join(_shape(shape, family) for shape in shapes)


def _shape(shape: Shape, family: str) -> str:
    match shape:
        case Stroke(points, look, dashes):
            dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
            return f'<path class="{look}"{dashed} d="{_path(points)}"/>'
        case Words(x, y, text, look):
            return f'<text{_class(look)} x="{_n(x)}" y="{_n(y)}">{escape(text)}</text>'
        case Rectangle(x, y, width, height, look):
            return f'<rect class="{look}" x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"/>'
        case Blob():
            return _blob(shape, family)
        case Dots(points):
            return '<path class="dots" d="' + "".join(f"M{_n(x)} {_n(y)}h0" for x, y in points) + '"/>'
        case Patch(points):
            return f'<path class="patch" d="{_path(points)}Z"/>'
        case Together(own, shapes, tip):
            tip_attribute = f' data-tip="{escape(tip)}"' if tip else ""
            return f"<g{_class(own)}{tip_attribute}>\n{_drawn(shapes, own)}\n</g>"


def _class(look: str) -> str:
    return f' class="{look}"' if look else ""


def _blob(blob: Blob, family: str) -> str:
    x, y, r = blob.x, blob.y, blob.radius
    if family == "base":
        return f'<path class="{blob.look}" d="{_path(((x, y - r), (x + r, y), (x, y + r), (x - r, y)))}Z"/>'
    if family == "xla":
        return f'<path class="{blob.look}" d="{_path(((x, y - r), (x + r, y + 0.7 * r), (x - r, y + 0.7 * r)))}Z"/>'
    if family == "peer":
        return f'<path class="{blob.look}" d="{_path(((x, y + r), (x + r, y - 0.7 * r), (x - r, y - 0.7 * r)))}Z"/>'
    if family == "keras":
        side, place = _n(1.6 * r), f'x="{_n(x - 0.8 * r)}" y="{_n(y - 0.8 * r)}"'
        return f'<rect class="{blob.look}" {place} width="{side}" height="{side}"/>'
    return f'<circle class="{blob.look}" cx="{_n(x)}" cy="{_n(y)}" r="{_n(0.9 * r)}"/>'
