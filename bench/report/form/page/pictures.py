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
_LOOKS = re.compile(r' style="[^"]*"')


def inline(svg: str, name: str, alt: str) -> str:
    """The SVG element for the page. `name` is a page's own word, from which ids are made; `alt` says what it shows.

    Black and grey follow the page's light or dark. The style element goes, for in a page it would hold for all of it.
    What makes a page long is cut short: places to a hundredth of a point, and the looks of dots are said once.
    """
    box = _BOX.search(svg)
    assert box, "matplotlib writes a viewBox"
    inside = _UNWANTED.sub("", svg[svg.index(">", box.end()) + 1 : svg.rindex("</svg>")])
    inside = _FONT.sub(r"\1var(--plot-font)", _COLOUR.sub(lambda found: _COLOURS[found[0]], inside))
    inside = _PLACE.sub(lambda found: _FINE.sub(r"\1", found[0]), inside)
    inside = _DOTS.sub(_one_look, _own_ids(inside, name).replace("xlink:href", "href"))
    inside = re.sub(r"\n\s*", "\n", inside).strip()
    short, words = escape(alt.partition(": ")[0]), escape(alt)
    told = f'<title id="{name}-title">{short}</title>\n<desc id="{name}-words">{words}</desc>'
    labels = f'role="img" aria-labelledby="{name}-title" aria-describedby="{name}-words"'
    return f"<svg {box[0]} {labels}>\n{told}\n{inside}\n</svg>"


def _own_ids(svg: str, name: str) -> str:
    """Ids that nothing refers to go; the others become the picture's name and a number."""
    short = {own: f"{name}-{number}" for number, own in enumerate(dict.fromkeys(_REFERENCE.findall(svg)), 1)}
    kept = _ID.sub(lambda found: f' id="{short[found[1]]}"' if found[1] in short else "", svg)
    return _REFERENCE.sub(lambda found: short[found[0]], kept)


def _one_look(group: "re.Match[str]") -> str:
    """Dots that look alike, their looks moved to the group around them."""
    looks = set(_LOOKS.findall(group[2]))
    if len(looks) != 1 or "style=" in group[1]:
        return group[0]
    return f"{group[1]}{looks.pop()}>{_LOOKS.sub('', group[2])}</g>"
