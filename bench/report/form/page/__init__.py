"""The report as one page, report.html, from the same sections as report.md.

Style and script are inside the page, so that it needs no network. All pages of the suite share style.css. The first
section is the first screen; a section with a summary is folded to it.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import count

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from bench.report.form.card import SIGNS, Card, Cover, Terms
from bench.report.form.document import Figure, Part, Section, Table, Verbatim
from bench.report.form.markup import fenced
from bench.report.form.page.grid import TableView, grid
from bench.report.form.page.inline import headings, reader
from bench.report.plots import svg
from bench.report.plots.scene import NARROW, WIDE

_FAMILIES = {"base": "eager", "graph": "graphs", "xla": "XLA", "keras": "Keras", "peer": "other frameworks"}


@dataclass(frozen=True, slots=True)
class Text:
    """Paragraphs, lists and headings."""

    html: Markup
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Picture:
    """A figure at two widths; `legend` holds the mark and the name of each family in it."""

    id: str
    title: str
    caption: str
    file: str
    wide: Markup
    narrow: Markup
    legend: tuple[tuple[Markup, str], ...]
    kind: str = "figure"


@dataclass(frozen=True, slots=True)
class CardOnPage:
    """The verdict card."""

    id: str
    card: Card
    kind: str = "card"


@dataclass(frozen=True, slots=True)
class Glossary:
    """The terms, whose meanings the page's tooltips are taken from."""

    terms: Terms
    kind: str = "terms"


Shown = Text | TableView | Picture | CardOnPage | Glossary


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section: its heading, the line it is folded to, if it is, and its parts in order."""

    id: str
    title: str
    summary: str
    parts: tuple[Shown, ...]


def html(cover: Cover, sections: Sequence[Section], files: bool = True) -> str:
    """The whole page. Without `files` there are no tables and pictures beside it, and no report.md."""
    terms = {term.key for s in sections for part in s.parts if isinstance(part, Terms) for term in part.terms}
    builder = _PageBuilder(frozenset(terms), files)
    chapters = [builder.chapter(section, number == 0) for number, section in enumerate(sections)]
    loader = FunctionLoader(resource)
    jinja = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    jinja.filters["inline"] = builder.inline
    said = {"cover": cover, "chapters": chapters, "signs": SIGNS, "terms": terms, "files": files}
    own = {"style": _raw("style.css"), "script": _raw("script.js")}
    return jinja.get_template("page.html.jinja").render(**said, **own) + "\n"


def resource(name: str) -> str:
    """The text of a file beside this one."""
    return files("bench.report.form.page").joinpath(name).read_text(encoding="utf-8")


def _raw(name: str) -> Markup:
    return Markup(resource(name))  # noqa: S704 - our own file, no data in it


class _PageBuilder:
    """Makes the page's parts, and keeps every id in it unique."""

    def __init__(self, terms: frozenset[str], files: bool) -> None:
        self._files = files
        self._terms, self._ids = terms, {f"g-{term}" for term in terms} | {"answer", "command", "unfold", "tip"}
        self._markdown = reader()

    def chapter(self, section: Section, first: bool) -> Chapter:
        """A section of the page."""
        section_id = self._id(section.title)
        shown = [part for part in section.parts if not (isinstance(part, Table) and not part.columns)]
        parts = tuple(self._part(part, first and isinstance(part, Table)) for part in shown)
        return Chapter(section_id, section.title, section.summary, parts)

    def inline(self, text: str) -> Markup:
        """A line of Markdown."""
        return Markup(self._markdown.renderInline(text))  # noqa: S704 - markdown-it escapes all HTML in it

    def _part(self, part: Part, main: bool) -> Shown:
        match part:
            case Table():
                table_id, file = self._id(f"table {part.name}"), part.file if self._files else ""
                return grid(part, table_id, file, self._terms, self._markdown.renderInline, main)
            case Figure():
                return self._picture(part)
            case Card():
                return CardOnPage(self._id("verdict"), part)
            case Terms():
                return Glossary(part)
        return self._text(fenced(part.text) if isinstance(part, Verbatim) else part)

    def _text(self, text: str) -> Text:
        """Rendered Markdown, its headings with ids."""
        tokens = self._markdown.parse(text)
        for heading, words in headings(tokens):
            heading.attrSet("id", self._id(words))
        rendered = self._markdown.renderer.render(tokens, self._markdown.options, {})
        return Text(Markup(rendered))  # noqa: S704 - markdown-it escapes all HTML in it

    def _picture(self, figure: Figure) -> Picture:
        figure_id, prefix = self._id(f"figure {figure.name}"), self._id("p1")
        wide, narrow = figure.drawing(WIDE), figure.drawing(NARROW)
        drawn = (
            Markup(svg.inline(wide, "wide", f"{prefix}w", figure.alt)),  # noqa: S704 - drawn by ourselves
            Markup(svg.inline(narrow, "narrow", f"{prefix}n", figure.alt)),  # noqa: S704
        )
        legend = tuple(
            (Markup(svg.mark(f)), name)  # noqa: S704 - our own drawing
            for f, name in _FAMILIES.items()
            if figure.legend and f in wide.families
        )
        return Picture(
            figure_id, figure.alt.partition(": ")[0], figure.caption, figure.file * self._files, *drawn, legend
        )

    def _id(self, text: str) -> str:
        """An id made of the text, with a number where it is taken."""
        slug = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "part"
        candidates = (slug if number == 1 else f"{slug}-{number}" for number in count(1))
        unique = next(candidate for candidate in candidates if candidate not in self._ids)
        self._ids.add(unique)
        return unique
