"""What a report is made of: sections of text, tables and figures, and their Markdown and CSV form.

Leaves out what is said (one file a section), how figures are drawn (plots/) and the page (page/).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from bench.analysis.stats.ratios import Summary

Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Column:
    """A column as people read it: its title, and the text of a row's cell."""

    title: str
    text: Callable[[Row], str]


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` hold raw values and go to tables/<name>.csv whole; `columns` are what a page shows of them.

    A table without columns is data for others to work on: it has a file and no place on the page. A cell in **bold** is
    an alarm, red on the page. `caption` says there what the table holds.
    """

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    caption: str = ""

    def cells(self) -> list[list[str]]:
        """The texts of the page's cells, row by row."""
        return [[column.text(row) for column in self.columns] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture in plots/<name>.png; `alt` says in words what it shows, in short up to the first colon.

    `draw` writes it as PNG and returns the same drawing as SVG, for the page.
    """

    name: str
    alt: str
    draw: Callable[[Path], str]


Part = str | Table | Figure


@dataclass(frozen=True, slots=True)
class Section:
    """A title and its parts in order; texts are Markdown paragraphs, or a heading of the third level."""

    title: str
    parts: tuple[Part, ...]


def column(title: str, key: str) -> Column:
    """A column that shows a row's value as it stands; None as a dash."""
    return Column(title, lambda row: "–" if row[key] is None else str(row[key]))


def markdown(title: str, sections: Sequence[Section]) -> str:
    """The whole document, ending in a newline."""
    parts = [f"# {title}"]
    for section in sections:
        parts += [f"## {section.title}", *(text for part in section.parts if (text := _part(part)))]
    return "\n\n".join(parts) + "\n"


def csv(table: Table, data: str) -> str:
    """Every row with all its raw values, a Summary as four, and what data they were made on; empty is not measured."""
    summaries = {key for row in table.rows for key, value in row.items() if isinstance(value, Summary)}
    rows = [{**_flat(row, summaries), "data": data} for row in table.rows]
    return pd.DataFrame(rows).to_csv(index=False, lineterminator="\n")


def summary_of(row: Row, key: str) -> Summary | None:
    """A row's value that is a Summary, or None where it was not measured."""
    value = row[key]
    return value if isinstance(value, Summary) else None


def _flat(row: Row, summaries: set[str]) -> dict[str, object]:
    flat: dict[str, object] = {}
    for key, value in row.items():
        if key in summaries:
            s = value if isinstance(value, Summary) else Summary(math.nan, None, None, 0)
            flat |= {key: s.centre, f"{key}_low": s.low, f"{key}_high": s.high, f"{key}_blocks": s.n}
        else:
            flat[key] = value
    return flat


def _part(part: Part) -> str:
    if isinstance(part, Table):
        return _table(part) if part.columns else ""
    return f"![{part.alt}](plots/{part.name}.png)" if isinstance(part, Figure) else part


def _table(table: Table) -> str:
    lines = [[c.title for c in table.columns], ["---"] * len(table.columns), *table.cells()]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
