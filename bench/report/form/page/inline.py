"""Markdown of a report as HTML: escaped, and without links that are not the report's own."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TypeAlias

from markdown_it import MarkdownIt
from markdown_it.token import Token

from bench.report.form.markup import OWN_ADDRESS

Inline: TypeAlias = Callable[[str], str]


def reader() -> MarkdownIt:
    """What makes HTML of a report's Markdown."""
    markdown = MarkdownIt("commonmark", {"html": False}).disable(["image", "autolink", "reference"])
    markdown.validateLink = _is_own  # type: ignore[method-assign]
    return markdown


def headings(tokens: list[Token]) -> Iterator[tuple[Token, str]]:
    """The headings of a text, each with its words."""
    for opening, content in pairwise(tokens):
        if opening.type == "heading_open":
            yield opening, content.content


def _is_own(url: str) -> bool:
    """Whether a link leads where a report's own links lead; another one stays text."""
    return bool(OWN_ADDRESS.fullmatch(url))
