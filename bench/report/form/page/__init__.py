"""The report as one offline page: what goes into report.html, from the very sections that make report.md.

Style and script are inside, so that it needs no network. The template says how it looks, style.css is shared by all
pages of the suite. Leaves out the form of a picture in it (pictures.py).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise

from jinja2 import Environment, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from bench.report.form.document import Figure, Part, Section, Table
from bench.report.form.page.pictures import inline

_NUMBER = re.compile(r"[+-]?[\d,]*\.?\d")
_EMPTY = ("", "–")
_LONG = 30  # characters: a cell that must not be squeezed into a narrow column
_TONES = {
    **dict.fromkeys(("FASTER", "SAME", "held", "holds"), "good"),
    **dict.fromkeys(("SLOWER", "INVALID", "FAILED", "did not hold", "DIFFERENT"), "bad"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """A place in the page, as the table of contents lists it, and those within it."""

    id: str
    title: str
    within: tuple["Entry", ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs, lists and headings."""

    html: Markup
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell and its classes: 'good' and 'bad' where its word says so too, for colour alone says nothing."""

    html: Markup
    classes: str
    heads_row: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: `columns` are titles, each with whether it holds numbers."""

    id: str
    caption: str
    file: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]
    kind: str = "table"


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure, its SVG ready to stand in the page."""

    id: str
    caption: str
    file: str
    svg: Markup
    kind: str = "figure"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section: its place, and its parts in order."""

    entry: Entry
    parts: tuple[Text | Grid | Picture, ...]


def html(title: str, data: str, sections: Sequence[Section], drawings: Mapping[str, str]) -> str:
    """The whole page. `data` says on which images; `drawings` holds each figure's SVG by its name."""
    builder = _Builder(drawings)
    chapters = [builder.chapter(section) for section in sections]
    drawn = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = drawn.from_string(resource("page.html.jinja"))
    return template.render(title=title, data=data, chapters=chapters, style=style(), script=_raw("sort.js")) + "\n"


def style() -> Markup:
    """The style sheet that all pages of the suite share: colours for light, dark and print, text, tables, figures."""
    return _raw("style.css")


def resource(name: str) -> str:
    """The text of a file beside this one."""
    return files("bench.report.form.page").joinpath(name).read_text(encoding="utf-8")


def _raw(name: str) -> Markup:
    return Markup(resource(name))  # noqa: S704 - our own file, no data in it


class _Builder:
    """Makes the page's parts, and keeps every id in it unique."""

    def __init__(self, drawings: Mapping[str, str]) -> None:
        self._drawings, self._ids = drawings, set[str]()
        self._markdown = MarkdownIt("commonmark", {"html": False})

    def chapter(self, section: Section) -> Chapter:
        """A section of the page."""
        own = self._id(section.title)
        made = [self._part(part) for part in section.parts if not (isinstance(part, Table) and not part.columns)]
        within = tuple(entry for _, entries in made for entry in entries)
        return Chapter(Entry(own, section.title, within), tuple(part for part, _ in made))

    def _part(self, part: Part) -> tuple[Text | Grid | Picture, list[Entry]]:
        if isinstance(part, Table):
            return self._grid(part), []
        return (self._picture(part), []) if isinstance(part, Figure) else self._text(part)

    def _text(self, text: str) -> tuple[Text, list[Entry]]:
        """Its headings get an id, so that the table of contents can list them."""
        tokens, entries = self._markdown.parse(text), []
        for opening, inside in pairwise(tokens):
            if opening.type == "heading_open":
                entry = Entry(self._id(inside.content), inside.content)
                opening.attrSet("id", entry.id)
                entries.append(entry)
        rendered = self._markdown.renderer.render(tokens, self._markdown.options, {})
        return Text(Markup(rendered)), entries  # noqa: S704 - markdown-it escapes all HTML in it

    def _grid(self, table: Table) -> Grid:
        cells = table.cells()
        titles = [column.title for column in table.columns]
        numbers = [_numeric([row[place] for row in cells]) for place in range(len(titles))]
        head = titles.index("mode") if "mode" in titles else 0
        rows = tuple(
            tuple(self._cell(text, numbers[place], place == head) for place, text in enumerate(row)) for row in cells
        )
        columns = tuple(zip(titles, numbers, strict=True))
        return Grid(
            self._id(f"table {table.name}"), table.caption or table.name, f"tables/{table.name}.csv", columns, rows
        )

    def _cell(self, text: str, number: bool, heads_row: bool) -> Cell:
        rendered = Markup(self._markdown.renderInline(text))  # noqa: S704 - markdown-it escapes all HTML in it
        kinds = {"number": number, "long": len(text) > _LONG and not number, _TONES.get(text, ""): True}
        return Cell(rendered, " ".join(kind for kind, holds in kinds.items() if kind and holds), heads_row)

    def _picture(self, figure: Figure) -> Picture:
        own, inside = self._id(f"figure {figure.name}"), self._id("p1")  # short, for a dot each refers to it
        svg = Markup(inline(self._drawings[figure.name], inside, figure.alt))  # noqa: S704 - drawn by ourselves
        return Picture(own, figure.alt.partition(": ")[0], f"plots/{figure.name}.png", svg)

    def _id(self, text: str) -> str:
        plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "part"
        number = next(n for n in range(1, len(self._ids) + 2) if (plain if n == 1 else f"{plain}-{n}") not in self._ids)
        own = plain if number == 1 else f"{plain}-{number}"
        self._ids.add(own)
        return own


def _numeric(texts: Sequence[str]) -> bool:
    """Whether a column holds numbers, to be set flush right and sorted by size."""
    told = [text for text in texts if text not in _EMPTY]
    return bool(told) and sum(bool(_NUMBER.match(text)) for text in told) > len(told) / 2
