"""A drawn SVG -> a part of a page: with a description for screen readers, unique ids, and the page's colours."""

import re
from html import escape

_COLOURS = {
    "#ffffff": "var(--paper)",
    "#000000": "var(--ink)",
    "#222222": "var(--ink)",
    "#767676": "var(--faint)",
    "#bbbbbb": "var(--band)",
    "#dddddd": "var(--grid)",
}
_COLOUR = re.compile("|".join(_COLOURS))
_REFERENCE = re.compile(r'(?<=href="#)[^"]+|(?<=url\(#)[^)]+')
_ID = re.compile(r' id="([^"]+)"')
_FONT = re.compile(r"(font: (?:\w+ )*[\d.]+px )[^;\"]*")
_UNWANTED = re.compile(r"<metadata>.*?</metadata>|<style.*?</style>", re.DOTALL)
_BOX = re.compile(r'viewBox="[^"]+"')
_PLACE = re.compile(r' (?:d|x|y|points)="[^"]+"')
_FINE = re.compile(r"(\.\d\d)\d+")
_DOTS = re.compile(r"(<g [^>]*)>\s*((?:<use [^>]*/>\s*){2,})</g>")
_STYLE = re.compile(r' style="[^"]*"')


def inline(svg: str, name: str, alt: str) -> str:
    """The SVG element for the page. `name`, unique in the page, is the prefix of all ids; `alt` describes the picture.

    Black and grey follow the page's light or dark theme. The style element is dropped, as in a page it would apply to
    everything. To keep the page short, coordinates are cut to a hundredth of a point and dots share one style.
    """
    box = _BOX.search(svg)
    assert box, "matplotlib writes a viewBox"
    drawing = _UNWANTED.sub("", svg[svg.index(">", box.end()) + 1 : svg.rindex("</svg>")])
    drawing = _FONT.sub(r"\1var(--plot-font)", _COLOUR.sub(lambda colour: _COLOURS[colour[0]], drawing))
    drawing = _PLACE.sub(lambda coordinates: _FINE.sub(r"\1", coordinates[0]), drawing)
    drawing = _DOTS.sub(_share_style, _prefix_ids(drawing, name).replace("xlink:href", "href"))
    drawing = re.sub(r"\n\s*", "\n", drawing).strip()
    title, description = escape(alt.partition(": ")[0]), escape(alt)
    labels = f'<title id="{name}-title">{title}</title>\n<desc id="{name}-words">{description}</desc>'
    roles = f'role="img" aria-labelledby="{name}-title" aria-describedby="{name}-words"'
    return f"<svg {box[0]} {roles}>\n{labels}\n{drawing}\n</svg>"


def _prefix_ids(svg: str, name: str) -> str:
    """The ids that something refers to become the picture's name and a number; all others are dropped."""
    referred = dict.fromkeys(_REFERENCE.findall(svg))
    short = {long_id: f"{name}-{number}" for number, long_id in enumerate(referred, 1)}
    kept = _ID.sub(lambda match: f' id="{short[match[1]]}"' if match[1] in short else "", svg)
    return _REFERENCE.sub(lambda match: short[match[0]], kept)


def _share_style(dots: "re.Match[str]") -> str:
    """Dots of one style, with the style moved to the group around them."""
    styles = set(_STYLE.findall(dots[2]))
    if len(styles) != 1 or "style=" in dots[1]:
        return dots[0]
    return f"{dots[1]}{styles.pop()}>{_STYLE.sub('', dots[2])}</g>"
