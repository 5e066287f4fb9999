"""What a report's Markdown may hold: its own markup, and nothing that a record's string brings along.

A record's string may show in bold; it may not be a link, an image, HTML, a fence, or the end of a table's cell. Escaped
is what would be one of these, and nothing else.
"""

import re

_RUN_PAGES = r"\w[\w.-]*(?:/\w[\w.-]*)?/report\.html"  # those of a history
_FILES = rf"{_RUN_PAGES}|(?:plan|benchmark|summary)\.json|measurements/|measurements\.jsonl(?:\.gz)?|tables/[\w-]+\.csv"
_FILES += r"|traces/[\w.-]+/trace\.json\.gz"
_PAGES = r"https://(?:github\.com/tensorflow|www\.tensorflow\.org|ui\.perfetto\.dev)/[\w./-]*"
OWN_ADDRESS = re.compile(f"{_FILES}|{_PAGES}")
_OWN_LINK = rf"(?<!!)\[[^\]\[<`\\]*\]\((?:{_FILES}|{_PAGES})\)"
# In the order in which a reader of Markdown comes to them: what is escaped already, code, links of our own, the rest.
_TOKEN = re.compile(
    rf"(?P<escaped>\\+\]|\\[^\]])|(?P<code>(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`))|(?P<own>{_OWN_LINK})|"
    r"(?P<bracket>\])(?=[(\[])|(?P<angle><)(?=[A-Za-z/!?])|(?P<entity>&)(?=#?\w+;)|(?P<tick>`)"
)
_OF_ITEMS = r"^((?:\s|[-*+>]|\d+[.)])*)"
_BLOCK = re.compile(rf"{_OF_ITEMS}(?=```|~~~|\[(?:\\.|[^\]\\])*\]:)")  # a fence, or the address of a link
_INSTEAD = {"bracket": "\\]", "angle": "&lt;", "entity": "&amp;", "tick": "\\`"}


def neutral(text: str) -> str:
    """Markdown text without the links, images, HTML and fences that are not this report's own.

    Code ends on its line, so that no other line's backtick can turn it inside out.
    """
    return "\n".join(_TOKEN.sub(_escaped, _BLOCK.sub(r"\1\\", line)) for line in text.split("\n"))


def _escaped(token: "re.Match[str]") -> str:
    if not token["escaped"]:
        return _INSTEAD.get(token.lastgroup or "", token[0])
    if token[0] == "\\<":
        return "&lt;"  # not every reader of Markdown takes a backslash before it
    bare = token[0].endswith("]") and len(token[0]) % 2 == 1  # after pairs of backslashes a bracket counts
    return f"{token[0][:-1]}\\]" if bare else token[0]


def neutral_cell(text: str) -> str:
    """The same for a cell of a table: on one line, its bars escaped, whatever stands before them."""
    return re.sub(r"(\\*)\|", r"\1\1\\|", neutral(" ".join(text.splitlines())))


def alternative(text: str) -> str:
    """The same for the words of an image; brackets that are not in pairs would end them early."""
    words = neutral(" ".join(text.splitlines()))
    paired = re.sub(r"\[[^\]\[]*\]", "", re.sub(r"\\.", "", words))
    return re.sub(r"(?<!\\)([\[\]])", r"\\\1", words) if re.search(r"[\[\]]", paired) else words


def fenced(text: str) -> str:
    """A block of text as it stands, in a fence that no line of it can end."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text}\n{fence}"
