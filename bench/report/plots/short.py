"""Makes the SVG that Matplotlib writes short, for a file and a page: the same picture in half the characters."""

import re

_HEAD = re.compile(r"\A.*?(?=<svg )", re.DOTALL)
_DEFAULTS = re.compile(r'\s*<defs>\s*<style type="text/css">\*\{([^}]*)\}</style>\s*</defs>')
_FONTS = re.compile(r"(font-family: |font: [^;\"]*?px )'DejaVu Sans'[^;\"]*")
_PLACE = re.compile(r' (?:d|x|y|points)="[^"]+"')
_FINE = re.compile(r"(\.\d\d)\d+")
_TURN = re.compile(r' transform="rotate\(-0 [^"]*"')
_DOTS = re.compile(r"(<g[^>]*)>\s*((?:<use [^>]*/>\s*){2,})</g>")
_STYLE = re.compile(r' style="[^"]*"')
_ID = re.compile(r' id="([^"]+)"')
_REFERENCE = re.compile(r'(?<=href="#)[^"]+|(?<=url\(#)[^)]+')


def shortened(svg: str) -> str:
    """Without the head, unused ids and indents, places to a hundredth of a point, and dots sharing one style.

    The style sheet's one rule becomes the root's style, as in a page a style sheet would apply to everything.
    """
    defaults = _DEFAULTS.search(svg)
    assert defaults, "Matplotlib writes its default style"
    drawing = _HEAD.sub("", svg.replace(defaults[0], ""))
    drawing = drawing.replace("<svg ", f'<svg style="{defaults[1]}" ', 1)
    drawing = _TURN.sub("", _FONTS.sub(r"\1'DejaVu Sans', Verdana, sans-serif", drawing))
    drawing = _PLACE.sub(lambda places: _FINE.sub(r"\1", places[0]), drawing)
    referred = {*_REFERENCE.findall(drawing)}
    drawing = _ID.sub(lambda match: match[0] if match[1] in referred else "", drawing)
    return re.sub(r"\n\s*", "\n", _DOTS.sub(_share_style, drawing))


def _share_style(dots: "re.Match[str]") -> str:
    """Dots of one style, with the style moved to the group around them."""
    styles = set(_STYLE.findall(dots[2]))
    if len(styles) != 1 or "style=" in dots[1]:
        return dots[0]
    return f"{dots[1]}{styles.pop()}>{_STYLE.sub('', dots[2])}</g>"
