"""A drawn SVG -> a part of a page: told to screen readers, its ids its own, its colours those of the page around it.

Leaves out drawing (plots/).
"""

import re
from html import escape

_COLOURS = {
    "#ffffff": "var(--paper)",
    "#000000": "var(--ink)",
    "#222222": "var(--ink)",
    "#767676": "var(--faint)",
    "#dddddd": "var(--grid)",
}
_COLOUR = re.compile("|".join(_COLOURS))
_REFERENCE = re.compile(r'(?<=href="#)[^"]+|(?<=url\(#)[^)]+')
_ID = re.compile(r' id="([^"]+)"')
_FONT = re.compile(r"(font: (?:\w+ )*[\d.]+px )[^;\"]*")
_METADATA = re.compile(r"<metadata>.*?</metadata>|<style.*?</style>", re.DOTALL)
_BOX = re.compile(r'viewBox="[^"]+"')


def inline(svg: str, name: str, alt: str) -> str:
    """The SVG element for the page. `name` is a page's own word, from which ids are made; `alt` says what it shows.

    Black and grey follow the page's light or dark. The style element goes, for in a page it would hold for all of it.
    """
    box = _BOX.search(svg)
    assert box, "matplotlib writes a viewBox"
    inside = _METADATA.sub("", svg[svg.index(">", box.end()) + 1 : svg.rindex("</svg>")])
    inside = _FONT.sub(r"\1var(--plot-font)", _COLOUR.sub(lambda found: _COLOURS[found[0]], inside))
    inside = re.sub(r"\n\s*", "\n", _own_ids(inside, name).replace("xlink:href", "href")).strip()
    short, words = escape(alt.partition(": ")[0]), escape(alt)
    told = f'<title id="{name}-title">{short}</title>\n<desc id="{name}-words">{words}</desc>'
    labels = f'role="img" aria-labelledby="{name}-title" aria-describedby="{name}-words"'
    return f"<svg {box[0]} {labels}>\n{told}\n{inside}\n</svg>"


def _own_ids(svg: str, name: str) -> str:
    """Ids that nothing refers to go; the others get the picture's name before them."""
    used = set(_REFERENCE.findall(svg))
    kept = _ID.sub(lambda found: f' id="{name}-{found[1]}"' if found[1] in used else "", svg)
    return _REFERENCE.sub(lambda found: f"{name}-{found[0]}", kept)
