"""The parts of a report: sections of text, tables and figures, and their form in Markdown and CSV."""

import math
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from csv import DictWriter
from dataclasses import dataclass, replace
from io import StringIO
from typing import Literal

from bench.analysis.stats.ratios import Summary
from bench.report.form.card import Card, Cover, Terms
from bench.report.form.markup import alternative, fenced, neutral, neutral_cell
from bench.report.form.wording import interval
from bench.report.plots.scene import Drawing

LONGEST_NAME = 200  # characters
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_NUMBERS = re.compile(r"[-+\d.,% \[\]]*")
Row = Mapping[str, object]
Role = Literal["key", "rest", "low"]
First = Literal["low", "high"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column as people read it: its title, and the text of its cell in a row.

    `term`: the key of its meaning in the glossary. `value`: the number by which the column is sorted, None for a cell
    without one; a column without `value` holds words. `first`: which end a first click on the title brings up. `role`:
    a key column is always shown, the rest goes into a row's second line on a narrow screen, a low one is left out
    there and in print. `unit` stands behind the number there.
    """

    title: str
    text: Callable[[Row], str]
    term: str = ""
    value: Callable[[Row], float | None] | None = None
    first: First = "low"
    role: Role = "rest"
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table. `rows` hold raw values and all go to tables/<name>.csv; a page shows `columns` of them.

    A table without columns is data for other programs: it has a file and is not on the page. A cell in **bold** is an
    alarm, red on the page. `caption` is the table's title there and `note` what stands beside it. `group`: the key
    whose values stand as headings between the rows. `picked`: the rows, by number, that are tinted.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: str = ""
    note: str = ""
    group: str = ""
    picked: frozenset[int] = frozenset()

    @property
    def file(self) -> str:
        """Its file in the report's folder."""
        return f"tables/{_short(self.name)}.csv"

    def cells(self) -> list[list[str]]:
        """The texts of the page's cells, row by row."""
        return [[column.text(row) for column in self.columns] for row in self.rows]

    def heading(self, number: int) -> str:
        """The heading before a row: its group's, where that differs from the row before; else ''."""
        if not self.group:
            return ""
        own, before = self.rows[number][self.group], self.rows[number - 1][self.group] if number else None
        if own == before:
            return ""
        return distinct([str(row[self.group]) for row in self.rows]).get(str(own)) or str(own)


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture in plots/<name>.svg; `alt` describes it in words, in short up to the first colon.

    `caption` says how to read it. Without `legend` its colours do not stand for families of modes.
    """

    name: str
    alt: str
    drawing: Drawing
    caption: str = ""
    legend: bool = True

    @property
    def file(self) -> str:
        """Its file in the report's folder."""
        return f"plots/{_short(self.name)}.svg"

    @property
    def png(self) -> str:
        """Its file as PNG there, for those who ask for one."""
        return f"plots/{_short(self.name)}.png"


@dataclass(frozen=True, slots=True)
class Verbatim:
    """Lines as a program printed them, shown as they stand."""

    text: str


Part = str | Table | Figure | Verbatim | Card | Terms


@dataclass(frozen=True, slots=True)
class Section:
    """A title and its parts in order; texts are Markdown paragraphs, or a heading of the third level.

    `summary` answers in a line what the section is about; with one, the page folds the section to that line.
    """

    title: str
    parts: tuple[Part, ...]
    summary: str = ""


def _short(name: str) -> str:
    """A name that any file system takes: a long one, as models in deep packages have, ends in its checksum instead."""
    if len(name) <= LONGEST_NAME:
        return name
    return f"{name[:LONGEST_NAME]}-{zlib.crc32(name.encode()):08x}"


def distinct(titles: Sequence[str]) -> dict[str, str]:
    """Titles of cases without the parts that all of them share: 'batch 32' of 'mlp, batch 32, float32, CPU'."""
    parts = [title.split(", ") for title in titles]
    shared = set.intersection(*map(set, parts)) if len(set(titles)) > 1 else set()
    return {title: ", ".join(part for part in title.split(", ") if part not in shared) for title in titles}


def column(title: str, key: str, term: str | None = None, role: Role = "rest") -> Column:
    """A column of words that shows a row's value unchanged; None as a dash."""
    return Column(
        title, lambda row: "–" if row[key] is None else str(row[key]), key if term is None else term, role=role
    )


def counted(title: str, key: str, term: str | None = None) -> Column:
    """The same of whole numbers."""
    words = column(title, key, term)
    return replace(words, value=lambda row: number_of(row, key))


def measured(title: str, key: str, scale: float = 1.0, sign: str = "", term: str | None = None) -> Column:
    """A column of a Summary, scaled, with its interval; sorted by its centre."""
    return Column(
        title,
        lambda row: interval(summary_of(row, key), scale, sign),
        key if term is None else term,
        lambda row: summary.centre if (summary := summary_of(row, key)) else None,
    )


def markdown(cover: Cover, sections: Sequence[Section]) -> str:
    """The whole document, ending in a newline."""
    parts = [cover.markdown()]
    for section in sections:
        summary = [neutral(f"*{section.summary}*")] if section.summary else []
        parts += [f"## {neutral_cell(section.title)}", *summary]
        parts += [text for part in section.parts if (text := _part(part))]
    return "\n\n".join(parts) + "\n"


def csv(table: Table, data: str) -> str:
    """Every row with all its raw values, a Summary as four, and the data they come from; empty means not measured."""
    summaries = {key for row in table.rows for key, value in row.items() if isinstance(value, Summary)}
    rows = [{**_flat(row, summaries), "data": _no_formula(data)} for row in table.rows]
    text = StringIO()
    names = dict.fromkeys(key for row in rows for key in row)
    writer = DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows({key: "" if _is_nan(value) else value for key, value in row.items()} for row in rows)
    return text.getvalue()


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)


def summary_of(row: Row, key: str) -> Summary | None:
    """A row's value that is a Summary, or None where it was not measured."""
    value = row[key]
    return value if isinstance(value, Summary) else None


def number_of(row: Row, key: str) -> float | None:
    """A row's value that is a number, or None where it was not measured."""
    value = row[key]
    return float(value) if isinstance(value, int | float) else None


def _flat(row: Row, summaries: set[str]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in ((_no_formula(key), value) for key, value in row.items()):
        if key in summaries:
            summary = value if isinstance(value, Summary) else Summary(math.nan, None, None, 0)
            interval = {f"{key}_low": summary.low, f"{key}_high": summary.high}
            flat |= {key: summary.centre, **interval, f"{key}_blocks": summary.n}
        else:
            flat[key] = _no_formula(value) if isinstance(value, str) else value
    return flat


def _no_formula(text: str) -> str:
    """A text that a spreadsheet would take for a formula gets an apostrophe; a number with its interval does not."""
    return f"'{text}" if text.startswith(_FORMULA) and not _NUMBERS.fullmatch(text) else text


def _part(part: Part) -> str:
    match part:
        case Table():
            return _table(part) if part.columns else ""
        case Figure():
            return f"![{alternative(part.alt)}]({part.file})"
        case Verbatim():
            return fenced(part.text)
        case Card() | Terms():
            return part.markdown()
    return neutral(part)


def _table(table: Table) -> str:
    lines = [[c.title for c in table.columns], ["---"] * len(table.columns)]
    for number, cells in enumerate(table.cells()):
        if heading := table.heading(number):
            lines.append([f"**{heading}**", *[""] * (len(table.columns) - 1)])
        lines.append(cells)
    rows = "\n".join("| " + " | ".join(map(neutral_cell, line)) + " |" for line in lines)
    return f"{rows}\n\n{neutral(table.note)}" if table.note else rows
