"""What a record's string may be in a report's Markdown: text, and bold at most."""

import pytest
from markdown_it import MarkdownIt

from bench.report.form.markup import alternative, fenced, neutral, neutral_cell
from bench.report.sections.published import PUBLISHED

READER = MarkdownIt("commonmark", {"html": True}).enable("table")


def kinds(text: str) -> set[str]:
    """The kinds of what a reader makes of it."""
    return {each.type for token in READER.parse(text) for each in (token, *(token.children or ()))}


@pytest.mark.parametrize(
    "text",
    [
        "[x](http://e)", "![x](http://e)", "[x\\](http://e)](http://e)", "[a\\\\](http://e)", "[x][y]\n\n[y]: http://e",
        "[y]: http://e\n\n[y]", "- [y\\]]: http://e\n\n[y\\]]", "![x](plan.json)", "[<b>](plan.json)", "<http://e>",
        "<b>x</b>", "\\<b>", "\\\\<b>", "a ` b <b> ` c ` <i>", "`` ` <b>", "\\`<b>`", "<!-- x", "<?php", "<![CDATA[x",
        "</div>", "```\n<b>", "~~~~\nx", "- ```\n  x", "1. ~~~\n   x", "> ```\n> x", "x ` y\nz ` <b> ` w",
        "[x](javascript:alert(1))", "[x]( <http://e> )", "<a\nhref=x>", "[a`](http://e)`",
    ],
)  # fmt: skip
def test_links_images_html_and_fences_are_text(text: str) -> None:
    seen = kinds(neutral(text))
    assert not seen & {"link_open", "image", "html_inline", "html_block", "fence"}, neutral(text)


@pytest.mark.parametrize(
    "text",
    [
        "**bold** and `code <b>` and *more*", "- [plan.json](plan.json): what the run set out to measure", "### Title",
        "a [27.6, 28.7]: b", "1.93x [1.9, 2.0] (slower)", "2 < 3, x <- y, a & b", "tables/steady.csv", "x_y_z",
        "- [tables/steady.csv](tables/steady.csv): Time", "`` a ` b ``",
        *(f"[{each.source}]({each.address})" for each in PUBLISHED),
    ],
)  # fmt: skip
def test_what_reports_say_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text


@pytest.mark.parametrize("cell", ["a|b", "a\\|b", "a\\\\|b", "a\nb|c\r\n", "|", "\\", "a` | `b", "| --- |"])
def test_a_cell_stays_one_cell(cell: str) -> None:
    text = f"| x | y |\n| --- | --- |\n| {neutral_cell(cell)} | end |\n"
    tokens = READER.parse(text)
    inline = [token.content for token in tokens if token.type == "inline"]
    assert len(inline) == 4, text
    assert inline[-1] == "end"


@pytest.mark.parametrize("alt", ["a ] b", "x](http://e) ![y", "f [1, 2]", "[[", "a\nb", "<b>"])
def test_an_image_keeps_its_address_whatever_its_words_are(alt: str) -> None:
    (block,) = [token for token in READER.parse(f"![{alternative(alt)}](plots/x.svg)") if token.type == "inline"]
    assert [(child.type, child.attrs.get("src")) for child in block.children or ()] == [("image", "plots/x.svg")]


@pytest.mark.parametrize("text", ["a", "```\nb", "a\n````\n```` x\n~~~", ""])
def test_lines_as_printed_cannot_end_their_fence(text: str) -> None:
    tokens = READER.parse(f"{fenced(text)}\n\n## After\n")
    assert [token.type for token in tokens][:2] == ["fence", "heading_open"]
    assert tokens[0].content == f"{text}\n"
