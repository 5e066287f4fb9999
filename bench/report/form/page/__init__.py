"""The report as one page, report.html, from the same sections as report.md.

Style and script are inside the page, so that it needs no network. All pages of the suite share style.css.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import count, pairwise

from jinja2 import Environment, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from bench.report.form.document import Figure, Part, Section, Table, Verbatim
from bench.report.form.markup import OWN_ADDRESS, fenced
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
    """A heading of the page as the table of contents lists it, with those below it."""

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
    """A cell and its CSS classes; 'good' and 'bad' only where its text says so too, as colour alone is not enough."""

    html: Markup
    classes: str
    heads_row: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """A table; `columns` are titles, each with whether the column holds numbers."""

    id: str
    caption: str
    file: str
    columns: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]
    kind: str = "table"


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure, its SVG ready for the page."""

    id: str
    caption: str
    file: str
    svg: Markup
    kind: str = "figure"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section: its heading, and its parts in order."""

    entry: Entry
    parts: tuple[Text | Grid | Picture, ...]


def html(title: str, data: str, sections: Sequence[Section], drawings: Mapping[str, str]) -> str:
    """The whole page. `data` names the images; `drawings` holds each figure's SVG by its name."""
    builder = _PageBuilder(drawings)
    chapters = [builder.chapter(section) for section in sections]
    jinja = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = jinja.from_string(resource("page.html.jinja"))
    return template.render(title=title, data=data, chapters=chapters, style=style(), script=_raw("sort.js")) + "\n"


def style() -> Markup:
    """The style sheet that all pages of the suite share: colours for light, dark and print, text, tables, figures."""
    return _raw("style.css")


def resource(name: str) -> str:
    """The text of a file beside this one."""
    return files("bench.report.form.page").joinpath(name).read_text(encoding="utf-8")


def _raw(name: str) -> Markup:
    return Markup(resource(name))  # noqa: S704 - our own file, no data in it


class _PageBuilder:
    """Makes the page's parts, and keeps every id in it unique."""

    def __init__(self, drawings: Mapping[str, str]) -> None:
        self._drawings, self._ids = drawings, set[str]()
        self._markdown = MarkdownIt("commonmark", {"html": False}).disable(["image", "autolink", "reference"])
        self._markdown.validateLink = _is_own  # type: ignore[method-assign]

    def chapter(self, section: Section) -> Chapter:
        """A section of the page."""
        section_id = self._id(section.title)
        shown = [part for part in section.parts if not (isinstance(part, Table) and not part.columns)]
        parts = [self._part(part) for part in shown]
        within = tuple(entry for _, entries in parts for entry in entries)
        return Chapter(Entry(section_id, section.title, within), tuple(part for part, _ in parts))

    def _part(self, part: Part) -> tuple[Text | Grid | Picture, list[Entry]]:
        if isinstance(part, Table):
            return self._grid(part), []
        if isinstance(part, Figure):
            return self._picture(part), []
        return self._text(fenced(part.text) if isinstance(part, Verbatim) else part)

    def _text(self, text: str) -> tuple[Text, list[Entry]]:
        """Rendered Markdown, and an entry for each of its headings, which get an id."""
        tokens, entries = self._markdown.parse(text), []
        for opening, content in pairwise(tokens):
            if opening.type == "heading_open":
                entry = Entry(self._id(content.content), content.content)
                opening.attrSet("id", entry.id)
                entries.append(entry)
        rendered = self._markdown.renderer.render(tokens, self._markdown.options, {})
        return Text(Markup(rendered)), entries  # noqa: S704 - markdown-it escapes all HTML in it

    def _grid(self, table: Table) -> Grid:
        cells = table.cells()
        titles = [column.title for column in table.columns]
        numeric = [_numeric([row[index] for row in cells]) for index in range(len(titles))]
        head = titles.index("mode") if "mode" in titles else 0
        rows = tuple(
            tuple(self._cell(text, numeric[index], index == head) for index, text in enumerate(row)) for row in cells
        )
        columns = tuple(zip(titles, numeric, strict=True))
        table_id, caption = self._id(f"table {table.name}"), table.caption or table.name
        return Grid(table_id, caption, table.file, columns, rows)

    def _cell(self, text: str, number: bool, heads_row: bool) -> Cell:
        rendered = Markup(self._markdown.renderInline(text))  # noqa: S704 - markdown-it escapes all HTML in it
        classes = {"number": number, "long": len(text) > _LONG and not number, _TONES.get(text, ""): True}
        return Cell(rendered, " ".join(name for name, applies in classes.items() if name and applies), heads_row)

    def _picture(self, figure: Figure) -> Picture:
        figure_id, prefix = self._id(f"figure {figure.name}"), self._id("p1")  # short: every dot refers to it
        svg = Markup(inline(self._drawings[figure.name], prefix, figure.alt))  # noqa: S704 - drawn by ourselves
        return Picture(figure_id, figure.alt.partition(": ")[0], figure.file, svg)

    def _id(self, text: str) -> str:
        """An id made of the text, with a number where it is taken."""
        slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "part"
        candidates = (slug if number == 1 else f"{slug}-{number}" for number in count(1))
        unique = next(candidate for candidate in candidates if candidate not in self._ids)
        self._ids.add(unique)
        return unique


def _is_own(url: str) -> bool:
    """Whether a link leads where a report's own links lead; another one stays text."""
    return bool(OWN_ADDRESS.fullmatch(url))


def _numeric(texts: Sequence[str]) -> bool:
    """Whether a column holds numbers, which are set flush right and sorted by size."""
    filled = [text for text in texts if text not in _EMPTY]
    return bool(filled) and sum(bool(_NUMBER.match(text)) for text in filled) > len(filled) / 2
