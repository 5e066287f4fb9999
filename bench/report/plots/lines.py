"""A chart of lines: values over steps, seconds, sizes or runs, a line for each mode, its name at its end."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bench.report.plots.axes import Scale, apart
from bench.report.plots.scene import NARROW, Blob, Patch, Scene, Shape, Stroke, Together, Words

_LETTER = 7.0
_LEFT, _BOTTOM, _TOP = 40.0, 34.0, 22.0
_HEIGHT, _LOW = 250.0, 222.0
_LINE = 12.0  # pixels between two labels of the upright axis, at least
EARLY = 0.94  # of the way to the furthest end: a line that ends before has its name over its end
_LONGEST = 24  # letters of a name at a line's end


@dataclass(frozen=True, slots=True)
class LinePoint:
    """A point of a line; `low` and `high` are the ends of its interval, `tip` what is said of it."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    tip: str = ""


@dataclass(frozen=True, slots=True)
class ChartLine:
    """A mode's line. `dashes` sets it apart within its family; `marked`: a mark at each point, else at its end.

    `area`: the intervals are drawn as a tinted area, not as bars. `crossing`: where it crosses zero, `span` that
    place's interval. `tip` is what is said of the line under the pointer.
    """

    title: str
    family: str
    points: tuple[LinePoint, ...]
    dashes: str = ""
    marked: bool = True
    area: bool = False
    tip: str = ""
    crossing: float | None = None
    span: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """Lines on two axes with their names; `one` is a value with a line of its own, `target` one with a dashed line."""

    lines: tuple[ChartLine, ...]
    across: Scale
    up: Scale
    names: tuple[str, str]
    one: float | None = None
    target: tuple[float, str] | None = None


def panels(parts: Sequence[Panel], width: int, height: float = _HEIGHT) -> Scene:
    """The panels one below another; on a phone they leave room for the card above."""
    height = min(height, _LOW) if width <= NARROW else height
    drawn = [_panel(part, width, number * (height + 16), height) for number, part in enumerate(parts)]
    shapes = tuple(shape for each in drawn for shape in each)
    return Scene(width, len(drawn) * (height + 16) - 16, shapes)


def _panel(panel: Panel, width: int, top: float, height: float) -> list[Shape]:
    names = [line.title[:_LONGEST] for line in panel.lines]
    room = 0.0 if len(names) < 2 else min(0.34 * width, _LETTER * max(map(len, names)) + 14)
    left = max([_LEFT, *(6.2 * len(label) + 8 for _, label in panel.up.ticks)])
    across = replace(panel.across, start=left, end=width - room - 8)
    up = replace(panel.up, start=top + height - _BOTTOM, end=top + _TOP)
    placed = replace(panel, across=across, up=up)
    return [*_ground(placed, top, height), *_lines(placed), *(_names(placed, width) if room else [])]


def _ground(panel: Panel, top: float, height: float) -> list[Shape]:
    across, up = panel.across, panel.up
    shapes: list[Shape] = []
    taken = list[float]()
    for value, label in sorted(up.ticks, key=lambda tick: tick[0] != panel.one):
        y = up.at(value)
        shapes.append(Stroke(((across.start, y), (across.end, y)), "one" if value == panel.one else "grid"))
        if all(abs(y - other) >= _LINE for other in taken):
            taken.append(y)
            shapes.append(Words(across.start - 6, y + 4, label, "f t e"))
    last = -1e9
    for value, label in across.ticks:
        x, half = across.at(value), 3.3 * len(label) + 3
        if x - half > last:
            shapes.append(Words(x, up.start + 16, label, "f t m"))
            last = x + half
    over_x, over_y = panel.names
    shapes += [Words(0, top + 12, over_y, "f t"), Words(across.end, top + height - 3, over_x, "f t e")]
    if panel.target:
        value, label = panel.target
        y = up.at(value)
        line = Stroke(((across.start, y), (across.end, y)), "one", "3 3")
        shapes += [line, Words(across.start + 6, y + 14, label, "f t")]
    return shapes


def _lines(panel: Panel) -> list[Shape]:
    return [_line(panel, line) for line in panel.lines if line.points]


def _line(panel: Panel, line: ChartLine) -> Together:
    across, up = panel.across, panel.up
    places = tuple((across.at(p.x), up.at(p.y)) for p in line.points)
    shapes: list[Shape] = [Stroke(places, "ln", line.dashes)] if len(places) > 1 else []
    ends = [(across.at(p.x), up.at(p.low), up.at(p.high)) for p in line.points if p.low is not None and p.high]
    if line.area and len(ends) > 1:
        shapes.insert(0, Patch((*((x, low) for x, low, _ in ends), *((x, high) for x, _, high in reversed(ends)))))
    for x, low, high in () if line.area else ends:
        caps = [Stroke(((x - 3.5, y), (x + 3.5, y)), "whisker") for y in (low, high)]
        shapes += [Stroke(((x, low), (x, high)), "whisker"), *caps]
    if line.crossing is not None:
        shapes += _crossing(panel, line)
    elif line.marked:
        shapes += [Together(line.family, (Blob(*place),), p.tip) for p, place in zip(line.points, places, strict=True)]
    else:
        shapes.append(Blob(*places[-1]))
    return Together(line.family, tuple(shapes), line.tip)


def _crossing(panel: Panel, line: ChartLine) -> list[Shape]:
    """A mark where the line passes zero, and the interval of that place as a bar below."""
    assert line.crossing is not None
    y = panel.up.at(0.0)
    number = panel.lines.index(line)
    bar: list[Shape] = []
    if line.span:
        low, high = (panel.across.at(end) for end in line.span)
        below = y + 11 + 6 * number
        bar = [Stroke(((low, below), (max(high, low + 1), below)), "span")]
    return [*bar, Blob(panel.across.at(line.crossing), y)]


def _names(panel: Panel, width: int) -> list[Shape]:
    """Each line's name beside its end, moved apart where ends are close."""
    ended = [(line, line.points[-1]) for line in panel.lines if line.points]
    furthest = max((panel.across.at(point.x) for _, point in ended), default=0.0)
    early = [(line, point) for line, point in ended if panel.across.at(point.x) < EARLY * furthest]
    late = [each for each in ended if each not in early]
    return [*_over(panel, early), *_beside(panel, late, width)]


def _over(panel: Panel, ended: Sequence[tuple[ChartLine, LinePoint]]) -> list[Shape]:
    """The names of lines that end early, over their ends; those that end together share a text."""
    places: dict[tuple[int, int], list[ChartLine]] = {}
    for line, point in ended:
        x, y = panel.across.at(point.x), panel.up.at(point.y)
        near = next(
            (place for place in places if abs(place[0] - x) < 20 and abs(place[1] - y) < 14), (round(x), round(y))
        )
        places.setdefault(near, []).append(line)
    return _raised([(x, y - 9, ", ".join(line.title for line in lines)) for (x, y), lines in places.items()])


def _raised(names: Sequence[tuple[float, float, str]]) -> list[Shape]:
    """Names around their places; one that would run into the one before stands a line higher."""
    shapes, reached = list[Shape](), -1e9
    for x, y, text in sorted(names):
        half = 3.2 * len(text)
        raised = x - half < reached
        shapes.append(Words(x, y - 12 * raised, text, "t m"))
        reached = -1e9 if raised else x + half
    return shapes


def _beside(panel: Panel, ended: Sequence[tuple[ChartLine, LinePoint]], width: int) -> list[Shape]:
    heights = [panel.up.at(point.y) + 4 for _, point in ended]
    places = apart(heights, 13 if width <= NARROW else 14, panel.up.end, panel.up.start + 26)
    x = panel.across.end + 10
    letters = int((width - x) / 6.3)
    return [Words(x, y, _cut(line.title, letters), "t") for (line, _), y in zip(ended, places, strict=True)]


def _cut(title: str, letters: int) -> str:
    return title if len(title) <= letters else f"{title[: letters - 1]}…"
