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
_FONT = re.compile(r"((?:font-family: |font: (?:\w+ )*[\d.]+px ))[^;\"]*")
_HEAD = re.compile(r'<svg [^>]*?(viewBox="[^"]+")[^>]*>')


def inline(svg: str, name: str, alt: str) -> str:
    """The SVG element for the page. `name`, unique in the page, is the prefix of all ids; `alt` describes the picture.

    Black and grey follow the page's light or dark theme, and the page sets the font and how lines end.
    """
    head = _HEAD.search(svg)
    assert head, "a drawing has a viewBox"
    drawing = svg[head.end() : svg.rindex("</svg>")].strip()
    drawing = _FONT.sub(r"\1var(--plot-font)", _COLOUR.sub(lambda colour: _COLOURS[colour[0]], drawing))
    drawing = _numbered_ids(drawing, name).replace("xlink:href", "href")
    title, description = escape(alt.partition(": ")[0]), escape(alt)
    labels = f'<title id="{name}-title">{title}</title>\n<desc id="{name}-words">{description}</desc>'
    roles = f'role="img" aria-labelledby="{name}-title" aria-describedby="{name}-words"'
    return f"<svg {head[1]} {roles}>\n{labels}\n{drawing}\n</svg>"


def _numbered_ids(svg: str, name: str) -> str:
    """The ids become the picture's name and a number, in the order in which something first refers to them."""
    referred = dict.fromkeys(_REFERENCE.findall(svg))
    numbered = {long_id: f"{name}-{number}" for number, long_id in enumerate(referred, 1)}
    kept = _ID.sub(lambda match: f' id="{numbered[match[1]]}"' if match[1] in numbered else "", svg)
    return _REFERENCE.sub(lambda match: numbered[match[0]], kept)
