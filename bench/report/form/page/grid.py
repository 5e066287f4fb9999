"""A table of a report as the page shows it: cells with classes, values to sort by, marks of families, headings."""

import re
from dataclasses import dataclass

from markupsafe import Markup

from bench import modes
from bench.report.form.document import Column, Row, Table
from bench.report.form.page.inline import Inline
from bench.report.plots.svg import mark

_INTERVAL = re.compile(r" (\[[^\]]*\](?: \(rough\))?|\((?:very uncertain|rough)\))$")
_EMPTY = ("", "–")
_LONG = 30  # characters: a cell that must not be squeezed into a narrow column
_ARROWS = {
    **dict.fromkeys(("FASTER", "LIKELY FASTER"), "▲"),
    **dict.fromkeys(("SLOWER", "LIKELY SLOWER"), "▼"),
    **dict.fromkeys(("UNCERTAIN", "undecided"), "?"),
    **dict.fromkeys(("INVALID", "FAILED", "FAIL"), "✗"),
    "SAME": "=",
}
_LIKELY = ("likely held", "likely did not hold")
_TONES = {
    **dict.fromkeys(("FASTER", "SAME", "PASS", "held", "holds"), "good"),
    **dict.fromkeys(("SLOWER", "INVALID", "FAILED", "FAIL", "did not hold", "DIFFERENT"), "bad"),
    **dict.fromkeys(("UNCERTAIN", "UNDECIDED", "LIKELY FASTER", "LIKELY SLOWER", *_LIKELY), "warn"),
    **dict.fromkeys(("baseline", "A/A control"), "faint"),
}


@dataclass(frozen=True, slots=True)
class Head:
    """A column's title. `term`: the id of its meaning on this page, '' without one."""

    title: str
    classes: str
    term: str
    first: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell. `classes` good and bad only where its text says so too, as colour alone is not enough."""

    html: Markup
    classes: str
    value: str
    label: str
    heads_row: bool


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row; `heading` stands in a row of its own before it."""

    cells: tuple[Cell, ...]
    picked: bool
    heading: str


@dataclass(frozen=True, slots=True)
class TableView:
    """A table. `main`: the one of the first screen, whose rows become two lines where it is narrow."""

    id: str
    caption: str
    note: Markup
    file: str
    heads: tuple[Head, ...]
    lines: tuple[TableRow, ...]
    main: bool
    kind: str = "table"


def grid(table: Table, table_id: str, file: str, terms: frozenset[str], inline: Inline, main: bool) -> TableView:
    """The table for the page; `file` is its CSV, if it has one; `terms` are the glossary's keys there."""
    titles = [column.title for column in table.columns]
    head = next((index for index, title in enumerate(titles) if title == "mode" or title.startswith("mode,")), 0)
    heads = tuple(_head(column, terms) for column in table.columns)
    lines = tuple(
        TableRow(
            tuple(_cell(column, row, inline, index == head) for index, column in enumerate(table.columns)),
            number in table.picked,
            table.heading(number),
        )
        for number, row in enumerate(table.rows)
    )
    note = Markup(inline(table.note)) if table.note else Markup()  # noqa: S704 - rendered by markdown-it, which escapes
    return TableView(table_id, table.caption or table.name, note, file, heads, lines, main)


def _head(column: Column, terms: frozenset[str]) -> Head:
    term = f"g-{column.term}" if column.term in terms else ""
    return Head(column.title, _classes("n" if column.value else "", column.role), term, column.first)


def _cell(column: Column, row: Row, inline: Inline, heads_row: bool) -> Cell:
    text = column.text(row)
    value = column.value(row) if column.value else None
    sorted_by = "" if text in _EMPTY else text if column.value is None else "" if value is None else repr(value)
    classes = _classes(
        "n" if column.value else "",
        column.role,
        "long" if len(text) > _LONG and not column.value else "",
        "none" if text in _EMPTY else "",
    )
    html = _rendered(text, column.unit, inline)
    mode = str(row.get("mode", ""))
    if heads_row and mode in _MODES:
        html = Markup(mark(modes.row(mode).family)) + html  # noqa: S704 - drawn by ourselves
    label = re.sub(r" \([^)]*\)$", "", column.title) if column.unit else column.title
    return Cell(html, classes, sorted_by, label, heads_row)


_MODES = {mode.name for mode in modes.MODES}


def _classes(*names: str) -> str:
    return " ".join(name for name in names if name)


def _rendered(text: str, unit: str, inline: Inline) -> Markup:
    """A cell's words: a verdict with its arrow, an interval in small letters behind its value."""
    word = next((known for known in _TONES if text == known or text.startswith(f"{known} ")), "")
    if word:
        arrow = f"{_ARROWS[word]} " if word in _ARROWS else ""
        return Markup('<span class="word {}">{}</span>').format(_TONES[word], f"{arrow}{text}")
    ending = _INTERVAL.search(text)
    value = text[: ending.start()] if ending else text
    shown = Markup(inline(value))  # noqa: S704 - rendered by markdown-it, which escapes all HTML
    unit = unit.removesuffix("s") if value == "1" and len(unit) > 1 else unit
    shown += Markup('<span class="unit"> {}</span>').format(unit) if unit and re.match(r"[\d<>−-]", text) else ""
    return shown + Markup(" <small>{}</small>").format(ending[1]) if ending else shown
