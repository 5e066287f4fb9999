"""The page of an explanation."""

import re
from html.parser import HTMLParser

from explanations import an_explanation

from bench.autograph.explain.page import page
from bench.autograph.explain.records import Explanation, Missing


class Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.headings, self.lines, self.outside = list[int](), list[str](), list[str]()

    def handle_starttag(self, tag: str, attrs: "list[tuple[str, str | None]]") -> None:
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.lines += [value or "" for name, value in attrs if name == "data-line"]
        self.outside += [value or "" for name, value in attrs if name in ("src", "href")]


def read(found: Explanation) -> Reader:
    reader = Reader()
    reader.feed(page(found))
    return reader


def test_the_page_needs_nothing_from_elsewhere_and_its_headings_are_in_order() -> None:
    reader = read(an_explanation())
    assert reader.outside == []
    assert "://" not in page(an_explanation())
    assert reader.headings[0] == 1
    assert all(after <= before + 1 for before, after in zip(reader.headings, reader.headings[1:], strict=False))


def test_the_page_marks_a_source_line_in_every_stage() -> None:
    source, trace, given, optimised = 1, 1, 1, 1
    assert read(an_explanation()).lines.count("2") == source + trace + given + optimised
    assert "return x + x &lt; 3 &amp; 1" in page(an_explanation())


def test_the_page_says_why_a_stage_is_missing() -> None:
    found = Explanation(source=an_explanation().source, missing=(Missing("code", "it is kept"),), done=True)
    assert "<p>it is kept</p>" in page(found)
    assert "<p>not reached</p>" in page(found)
