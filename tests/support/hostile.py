"""Strings that try to be more than text, put into every string of a record; and who looks for what came of them."""

import csv
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from html.parser import HTMLParser
from io import StringIO
from typing import Any, TypeVar

from markdown_it import MarkdownIt

Record = TypeVar("Record")
EVIL = "evil.example"
PARTS = (
    f"<script>alert('{EVIL}')</script>",
    f"<img src=http://{EVIL}/1.png onerror=alert(1)>",
    f"![i](http://{EVIL}/2.png)",
    f"[l](http://{EVIL}/3)",
    f"\\[l\\](http://{EVIL}/4) \\\\[l](http://{EVIL}/5) [l\\\\](http://{EVIL}/6)",
    f"<http://{EVIL}/7>",
    f"[l][r] ![l][r] [r]\n[r]: http://{EVIL}/8\n",
    f"`code` `` ` <b>{EVIL}</b> \\`<i>{EVIL}</i>`",
    f"[<b>{EVIL}</b>](plan.json)",
    f"[l](javascript:alert('{EVIL}')) [l](data:text/html,{EVIL})",
    f"<!-- {EVIL}",
    f"</title></svg><style>*{{background:url(http://{EVIL})}}</style>",
    "a|b \\| c \\\\| d",
    "\r\n\n# heading\n\n- item\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n",
    "```\nfence\n",
    "~~~~\nfence\n",
    "\x1b[31m\x1b]0;title\x07\x00\x7f\x9b1m\u202e\u2066\u200b\u2028",
    "$\\frac$ $x^ ${",
    "[bold red] [/] :warning: {0} %s {{ x }} {% raw %}",
    "Ünïcode ✓ 漢字 🎉",
)
FIRST = (
    "=cmd|' /C calc'!A0",
    "+1+cmd()",
    "-2+3",
    "@SUM(1)",
    "\t=1",
    "```\n",
    "[r]: http://evil.example\n",
    "# x",
    "<b>",
    "- ",
)
TEXTS = tuple(f"{first}{''.join(PARTS[number:] + PARTS[:number])}" for number, first in enumerate(FIRST))
WORDS = {
    "mode",
    "setting",
    "modes",
    "device",
    "precision",
    "input",
    "task",
    "computes_in",
    "stage",
    "needed",
    "schedule",
}  # known words, refused otherwise
WORDS_OF = {"Workload": {"data"}, "SetAside": {"set_aside"}}  # a part of the case's key
_ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2066-\u2069]")


def hostile(record: Record, text: str, *spared: str) -> Record:
    """The record with this text in every string, those of the spared fields left as they are."""
    made: Record = _hostile(record, text, set(spared))
    return made


def _hostile(value: Any, text: str, spared: set[str]) -> Any:
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(_hostile(item, text, spared) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        known = WORDS | spared | WORDS_OF.get(type(value).__name__, set())
        names = [field.name for field in fields(value)]
        now = {name: getattr(value, name) for name in names}
        kept = {name for name in names if name in known and not is_dataclass(now[name])}
        return replace(value, **{name: _hostile(now[name], text, spared) for name in names if name not in kept})
    return value


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, {name: value or "" for name, value in attrs}))


def faults_of_page(text: str) -> Iterator[str]:
    """What a page holds that is not ours."""
    tags = _Tags()
    tags.feed(text)
    counts = {tag: sum(each == tag for each, _ in tags.found) for tag in ("script", "style", "title", "body")}
    for tag, count in counts.items():
        svgs = sum(each == "svg" and "mark" not in its.get("class", "") for each, its in tags.found)
        if count != 1 + (svgs if tag == "title" else 0):
            yield f"{count} {tag}"
    for tag, attributes in tags.found:
        own = "charset" in attributes or attributes.get("name") in ("viewport", "color-scheme")
        if tag in ("img", "iframe", "object", "embed", "form", "b", "i", "meta", "base") and not own:
            yield f"<{tag}> {attributes}"
        for name, value in attributes.items():
            if name.startswith("on") or (name in ("href", "src", "xlink:href", "action") and _elsewhere(value)):
                yield f"<{tag} {name}={value}>"
    if acting := _ACTING.search(text):
        yield f"{acting[0]!r}"


def _elsewhere(address: str) -> bool:
    """Whether an address leads to what a string names, and not to a file of ours, whose name holds it as a slug."""
    return EVIL in address and not re.fullmatch(r"plots/[\w.-]+\.svg", address)


def faults_of_markdown(text: str, tables: int) -> Iterator[str]:
    """What a document holds that is not ours, by a reader that allows HTML and tables, as GitHub's does."""
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    found = sum(token.type == "table_open" for token in tokens)
    if found != tables:
        yield f"{found} tables, not {tables}"
    for token in (each for block in tokens for each in (block, *(block.children or ()))):
        if token.type.startswith("html"):
            yield f"{token.type}: {token.content[:99]}"
        address = str(token.attrs.get("href") or token.attrs.get("src") or "")
        if _elsewhere(address) or re.match(r"\w+:", address.removeprefix("https:")):
            yield f"{token.type}: {address}"
        if token.type == "image" and not address.startswith("plots/"):
            yield f"image: {address}"
        if token.type == "heading_open" and token.tag not in ("h1", "h2", "h3"):
            yield token.tag
    for row in _rows(text):
        if row[0] != row[1]:
            yield f"a row of {row[0]} cells in a table of {row[1]}"
    if acting := _ACTING.search(text):
        yield f"{acting[0]!r}"


def _rows(text: str) -> Iterator[tuple[int, int]]:
    """Each table's rows: how many cells, and how many its head has. A bar with a backslash of its own ends no cell."""
    width = 0
    for line in text.split("\n"):
        if not line.startswith("| "):
            width = 0
            continue
        cells = len(re.findall(r"(?<!\\)(?:\\\\)*\|", line)) - 1
        width = width or cells
        yield cells, width


def faults_of_csv(text: str) -> Iterator[str]:
    """Rows of other lengths, and cells that a spreadsheet takes for formulas."""
    head, *rows = list(csv.reader(StringIO(text)))
    for row in rows:
        if len(row) != len(head):
            yield f"{len(row)} cells, not {len(head)}"
        yield from (cell[:50] for cell in row if re.match(r"[=@\t\r]|[+-](?![\d.]+(e-?\d+)?\b(?!.*\())", cell))


def faults_of_output(text: str) -> Iterator[str]:
    """What a terminal would obey."""
    if acting := _ACTING.search(text):
        yield f"{acting[0]!r} in {text[max(0, acting.start() - 30) : acting.end()]!r}"
