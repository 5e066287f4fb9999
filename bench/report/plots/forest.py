"""A chart of rows: a name, a mark with its intervals on an axis that all rows share, and the value in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.report.plots.axes import Scale
from bench.report.plots.scene import NARROW, Blob, Dots, Rectangle, Scene, Shape, Stroke, Together, Words

Ends = tuple[float, float]
_LETTER = 7.2  # pixels a letter of 12.5 pixels is wide, at most on average
_BOLD = 0.92  # so many bold letters have the room of one
_ROW, _NARROW_ROW, _NOTED_ROW = 29, 22, 44
_LONGEST = 40  # letters of a name; the table has it whole
MOST_NARROW = 5  # rows on a phone


@dataclass(frozen=True, slots=True)
class ForestRow:
    """A row. `thick` is the interval of this run, `thin` the one over time; without a value there is no mark.

    `value` and `range` are its words, `note` a small line under its name, `dots` single values, `tick` a bar at a
    value that was expected.
    """

    title: str
    family: str
    centre: float
    thick: Ends | None = None
    thin: Ends | None = None
    value: str = ""
    range: str = ""
    note: str = ""
    picked: bool = False
    faint: bool = False
    dots: tuple[float, ...] = ()
    tick: float | None = None

    @property
    def tip(self) -> str:
        """What is said of it under the pointer."""
        return f"{self.title}: {' '.join(word for word in (self.value, self.range) if word)}"


@dataclass(frozen=True, slots=True)
class Ruler:
    """The axis that all rows share: its ends and ticks; `one` is where a line marks no difference.

    `band` is a grey band (the A/A control), `limit` a gate's, past which the ground is red; `sides` are the words over
    its left and right end.
    """

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    log: bool = True
    one: float | None = None
    band: Ends | None = None
    limit: float | None = None
    limit_label: str = ""
    sides: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class _Lanes:
    """Where a chart's columns stand: the axis, and where values and their ranges end.

    `words` and `marks`: how far below a row's top its name and its mark stand; on a narrow chart with sides the mark
    is below the name. `letters` of a name have room.
    """

    axis: Scale
    value_end: float
    range_end: float
    row_height: float
    words: float
    marks: float
    letters: int
    narrow: bool


def forest(rows: Sequence[ForestRow], ruler: Ruler, width: int) -> Scene:
    """The chart at a width; a narrow one holds the first rows only, without their ranges."""
    narrow = width <= NARROW
    shown = rows[:MOST_NARROW] if narrow and len(rows) > MOST_NARROW + 1 else rows
    lanes = _stacked(shown, ruler, width) if narrow and any(ruler.sides) else _lanes(shown, ruler, width)
    top = 28.0 + 18 * any(ruler.sides)
    bottom = top + lanes.row_height * len(shown)
    tops = [top + lanes.row_height * number for number in range(len(shown))]
    picks = [
        Rectangle(-4, y, width + 8, lanes.row_height, "pick") for row, y in zip(shown, tops, strict=True) if row.picked
    ]
    marked = [_row(row, lanes, y) for row, y in zip(shown, tops, strict=True)]
    return Scene(width, bottom + 6, (*picks, *_ground(ruler, lanes, top, bottom), *marked))


def _lanes(rows: Sequence[ForestRow], ruler: Ruler, width: int) -> _Lanes:
    """The axis stands between the longest name and the longest value."""
    narrow = width <= NARROW
    name = _LETTER * max((min(_LONGEST, len(row.title)) for row in rows), default=0)
    value = _LETTER * max((len(row.value) for row in rows), default=0)
    ranges = 0.0 if narrow else 7.2 * max((len(row.range) for row in rows), default=0)
    value_end = width - 4 - ranges - (8 if ranges else 0)
    start = min(0.45 * width, name + 10) if narrow else max(130.0, name + 18)
    axis = Scale(ruler.low, ruler.high, start, value_end - value - 14, ruler.log, ruler.ticks)
    noted = any(row.note for row in rows) and not narrow
    height = _NOTED_ROW if noted else _NARROW_ROW if narrow else _ROW
    middle = 14 if noted else height / 2
    return _Lanes(axis, value_end, width - 4, height, middle, middle, round(start / 7), narrow)


def _stacked(rows: Sequence[ForestRow], ruler: Ruler, width: int) -> _Lanes:
    """The axis is as wide as the chart, and a row's mark below its name."""
    axis = Scale(ruler.low, ruler.high, 8, width - 8, ruler.log, ruler.ticks)
    letters = round(width / 7) - max((len(row.value) for row in rows), default=0) - 3
    return _Lanes(axis, width - 4, width - 4, _NOTED_ROW, 12, 30, letters, True)


def _ground(ruler: Ruler, lanes: _Lanes, top: float, bottom: float) -> list[Shape]:
    axis, shapes = lanes.axis, list[Shape]()
    if ruler.limit is not None:
        end = axis.at(ruler.limit)
        shapes += [Rectangle(axis.start, top, end - axis.start, bottom - top, "zone")]
    if ruler.band:
        left, right = (axis.at(end) for end in ruler.band)
        shapes.append(Rectangle(left, top, max(1.0, right - left), bottom - top, "aa"))
    shapes += _ticks(ruler, axis, top, bottom, lanes.narrow)
    if ruler.one is not None:
        shapes.append(Stroke(((axis.at(ruler.one), top), (axis.at(ruler.one), bottom)), "one"))
    if ruler.limit is not None:
        x = axis.at(ruler.limit)
        shapes += [
            Stroke(((x, top - 4), (x, bottom)), "lim", "4 3"),
            Words(x, top - 26, ruler.limit_label, "t m lim-text"),
        ]
    left_side, right_side = ruler.sides
    sides = (Words(axis.start, 12, left_side, "f t"), Words(axis.end, 12, right_side, "f t e"))
    return [*shapes, *(side for side in sides if side.text)]


def _ticks(ruler: Ruler, axis: Scale, top: float, bottom: float, narrow: bool) -> list[Shape]:
    """A line for each tick; its label where it does not run into another's, that of no difference first."""
    shapes, taken = list[Shape](), list[Ends]()
    inside = [tick for tick in axis.ticks if axis.low <= tick[0] <= axis.high]
    for value, label in sorted(inside, key=lambda tick: (tick[0] != ruler.one, len(tick[1]))):
        x = axis.at(value)
        text = "" if narrow and "slower" in label else label
        half = 3.2 * len(text) + 6
        shapes.append(Stroke(((x, top), (x, bottom)), "grid"))
        if text and all(x + half <= low or x - half >= high for low, high in taken):
            taken.append((x - half, x + half))
            shapes.append(Words(x, top - 8, text, "f t m"))
    return shapes


def _row(row: ForestRow, lanes: _Lanes, top: float) -> Together:
    y = top + lanes.words + 4
    longest = min(_LONGEST, round(lanes.letters * (_BOLD if row.picked else 1)))
    title = row.title if len(row.title) <= longest else f"{row.title[: longest - 1]}…"
    name = " ".join(look for look, applies in (("f", row.faint), ("b", row.picked)) if applies)
    shapes: list[Shape] = [Rectangle(0, top, lanes.range_end + 4, lanes.row_height, "hit"), Words(4, y, title, name)]
    if row.note and not lanes.narrow:
        shapes.append(Words(4, y + 16, row.note, "f t"))
    shapes += _marks(row, lanes.axis, top + lanes.marks)
    shapes.append(Words(lanes.value_end, y, row.value, "e" if lanes.narrow and not row.picked else "e b"))
    if row.range and not lanes.narrow:
        shapes.append(Words(lanes.range_end, y, row.range, "f e"))
    return Together(row.family, tuple(shapes), row.tip)


def _marks(row: ForestRow, axis: Scale, y: float) -> list[Shape]:
    if row.centre < axis.low or row.centre > axis.high:
        return _off_scale(axis, y, row.centre > axis.high)
    shapes: list[Shape] = []
    if row.thin:
        left, right = (axis.at(end) for end in row.thin)
        ends = [Stroke(((x, y - 3.5), (x, y + 3.5)), "whisker") for x in (left, right)]
        shapes += [Stroke(((left, y), (right, y)), "whisker"), *ends]
    if row.thick:
        left, right = (axis.at(end) for end in row.thick)
        shapes.append(Stroke(((left, y), (right, y)), "bar"))
    if row.dots:
        shapes.append(Dots(tuple((axis.at(value), y) for value in row.dots)))
    if row.tick is not None:
        shapes.append(Stroke(((axis.at(row.tick), y - 9), (axis.at(row.tick), y + 9)), "one"))
    return [*shapes, Blob(axis.at(row.centre), y)]


def _off_scale(axis: Scale, y: float, right: bool) -> list[Shape]:
    """An arrow at the end of the axis beyond which the value lies; the value stands in the row."""
    tip, way = (axis.end - 2, -1) if right else (axis.start + 2, 1)
    head = Stroke(((tip + 7 * way, y - 4.5), (tip, y), (tip + 7 * way, y + 4.5)), "ln")
    words = Words(tip + 48 * way, y + 4, "off scale", "f t e" if right else "f t")
    return [Stroke(((tip, y), (tip + 42 * way, y)), "ln"), head, words]
