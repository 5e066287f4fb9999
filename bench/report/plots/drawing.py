"""A figure's SVG, drawn only where the one of an earlier report no longer shows the same.

An SVG ends in a line that says what it was drawn from and what it held; the line is read before Matplotlib is imported.
"""

import hashlib
import inspect
import re
import sys
from collections.abc import Mapping
from functools import cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from bench.report.plots import canvas, short

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Sheet

# A function of plots/ and all that it draws: plain values, whose repr says everything about them.
Drawing: TypeAlias = "partial[Sheet]"

_SEAL = re.compile(r"<!-- drawn from ([0-9a-f]{64}) by Matplotlib \S+, holds ([0-9a-f]{64}) -->\n")
_ELEMENTS = "svg|g|defs|clipPath|path|rect|use|text|image"
_ATTRIBUTES = "|".join(
    (
        r'xmlns(?::xlink)?="http://www\.w3\.org/(?:2000/svg|1999/xlink)"',
        r'(?:xlink:)?href="(?:#\w+|data:image/png;base64,[\w+/=\s]+)"',
        r'(?:version|id|style|transform|clip-path|viewBox|width|height|x|y|d|points)="[^"<>&/\\@]*"',
    )
)
_TAG = re.compile(rf"<(?:/(?:{_ELEMENTS})|(?:{_ELEMENTS})(?:\s+(?:{_ATTRIBUTES}))*\s*/?)>")
_ELSEWHERE = re.compile(r"url\((?!#)")


def svgs(drawings: Mapping[str, Drawing], earlier: Mapping[str, Path]) -> dict[str, str]:
    """The SVG of each drawing by its name, which makes the ids in it.

    It is the text of the file `earlier` where that is the same drawing unharmed, else it is drawn anew; either way the
    text is the same.
    """
    keys = {name: _key(drawing, name) for name, drawing in drawings.items()}
    kept = {name: text for name, key in keys.items() if (text := _read(earlier[name])) and _is_drawn_from(key, text)}
    drawn = _drawn({name: drawing for name, drawing in drawings.items() if name not in kept})
    return {name: kept.get(name) or _sealed(drawn[name], key) for name, key in keys.items()}


def png(drawing: Drawing, file: Path) -> None:
    """Draw it to a PNG. Raises OSError."""
    with canvas.style():
        canvas.save_png(drawing(), file)


def _drawn(drawings: Mapping[str, Drawing]) -> dict[str, str]:
    if not drawings:
        return {}  # without Matplotlib
    with canvas.style():
        return {name: short.shortened(canvas.svg(drawing(), name)) for name, drawing in drawings.items()}


@cache
def _matplotlib() -> str:
    """Its version, without importing it."""
    return version("matplotlib")


def _key(drawing: Drawing, name: str) -> str:
    """A digest of all that decides what is drawn: what, by which code, and by which Matplotlib."""
    code = [inspect.getsource(module) for module in (sys.modules[drawing.func.__module__], canvas, short)]
    return _digest(repr((drawing.func.__name__, drawing.args, drawing.keywords, name, code, _matplotlib())))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()


def _sealed(text: str, key: str) -> str:
    return f"{text}<!-- drawn from {key} by Matplotlib {_matplotlib()}, holds {_digest(text)} -->\n"


def _read(file: Path) -> str:
    """The text of a file; '' where there is none to be read."""
    try:
        return file.read_text(encoding="utf-8") if file.is_file() and not file.is_symlink() else ""
    except (OSError, UnicodeDecodeError):
        return ""


def _is_drawn_from(key: str, text: str) -> bool:
    """Whether it ends in the seal of this drawing and is what was sealed.

    Anybody can seal a file, and the text goes into the page: one that holds more than our drawings do is not taken.
    """
    body = text[: max(0, text.rfind("<!--"))]
    seal = _SEAL.fullmatch(text, len(body))
    if not seal or seal[1] != key or seal[2] != _digest(body):
        return False
    return "<" not in _TAG.sub("", body) and not _ELSEWHERE.search(body)
