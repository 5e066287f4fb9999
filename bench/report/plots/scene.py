"""What a figure is made of: shapes at places in pixels, from which the page's SVG and a PNG are both drawn.

A look is a class of form/page/style.css; a family gives a mode's colour and the form of its mark.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

WIDE, NARROW = 716, 346  # the two widths that a figure is drawn at, in pixels: a desk's and a phone's
Place: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stroke:
    """A line through places. Looks: grid, one, whisker, bar, ln (one of a chart), lim, span."""

    points: tuple[Place, ...]
    look: str
    dashes: str = ""


@dataclass(frozen=True, slots=True)
class Words:
    """A text that begins at a place, or ends (look e) or has its middle (m) there; f is faint, t small, b bold."""

    x: float
    y: float
    text: str
    look: str = ""


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A filled rectangle. Looks: aa, pick, zone, and hit for one that is not seen and only catches the pointer."""

    x: float
    y: float
    width: float
    height: float
    look: str


@dataclass(frozen=True, slots=True)
class Blob:
    """The mark of the family around it: a diamond for eager, a circle, a triangle for XLA, a square for Keras.

    A triangle on its head for other frameworks.
    """

    x: float
    y: float
    look: str = "dot"
    radius: float = 5.0


@dataclass(frozen=True, slots=True)
class Dots:
    """Many small dots of one colour."""

    points: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Patch:
    """A filled area between places, lightly tinted."""

    points: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """Shapes of one family. `tip` is what the page says of them under the pointer."""

    family: str
    shapes: tuple["Shape", ...]
    tip: str = ""


Shape: TypeAlias = Stroke | Words | Rectangle | Blob | Dots | Patch | Together


@dataclass(frozen=True, slots=True)
class Scene:
    """A drawing in pixels, its origin at the upper left."""

    width: float
    height: float
    shapes: tuple[Shape, ...]

    @property
    def families(self) -> set[str]:
        """The families that are in it."""
        return {shape.family for shape in self.shapes if isinstance(shape, Together)} - {""}


# A function of plots/ with what it draws: called with a width, it gives the scene.
Drawing: TypeAlias = "partial[Scene] | Callable[[int], Scene]"
