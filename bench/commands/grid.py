"""Tables and prose as the terminal shows them: no number is broken over lines; columns that do not fit are left out."""

import os
import re
import shutil
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from bench.records.strings import on_one_line

PLAIN_WIDTH, WIDEST = 80, 120
GAP = "  "
GLUE = "\u00a0"  # a space that no line ends at
_STYLES = {"green": "32", "red": "31", "yellow": "33", "bold": "1", "dim": "2"}
_WORDS = re.compile(
    r"\b(?:(?P<yellow>LIKELY (?:FASTER|SLOWER)|UNCERTAIN|UNDECIDED|undecided|warning:)|"
    r"(?P<green>FASTER|SAME|PASS|passed)\b|(?P<red>SLOWER|INVALID|FAILED|FAIL|error:))"
)
_INTERVAL = re.compile(r"\[[^\[\]]*\d[^\[\]]*\]|\d[\d.,]* (?:%|ms|s|min|h|MiB|points|steps)(?!\w)|\(p [^)]*\)")
_NUMERIC = re.compile(r"[-+–\[\d]")


@dataclass(frozen=True, slots=True)
class TerminalTable:
    """Rows of cells under titles. `order`: the columns by title, what must stay first; else from the left.

    `picked`: the rows, by number, that are marked. `hint`: where what is left out can be found.
    """

    titles: Sequence[str]
    rows: Sequence[Sequence[str]]
    order: Sequence[str] = ()
    picked: frozenset[int] = frozenset()
    hint: str = "see the report"


def width() -> int:
    """How many characters a line may have: the terminal's width up to 120; 80 without a terminal."""
    known = sys.stdout.isatty() or os.environ.get("COLUMNS")
    return min(WIDEST, shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns) if known else PLAIN_WIDTH


def coloured() -> bool:
    """Whether stdout takes colours."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not plain


def drawn(grid: TerminalTable, room: int, colours: bool = False) -> str:
    """The table's lines. The first column always stays; the last line says which columns are left out, if any are."""
    titles = [on_one_line(title) for title in grid.titles]
    rows = [[on_one_line(cell) for cell in row] for row in grid.rows]
    margin = 2 if grid.picked else 0
    widths = [max(map(len, column)) for column in zip(titles, *rows, strict=True)]
    kept = _kept(titles, widths, grid.order, room - margin)
    right = [_is_numeric([row[at] for row in rows]) for at in range(len(titles))]

    def line(cells: Sequence[str], mark: str) -> str:
        texts = [cells[at].rjust(widths[at]) if right[at] else cells[at].ljust(widths[at]) for at in kept]
        return f"{mark[:margin].ljust(margin)}{GAP.join(texts)}".rstrip()

    lines = [styled(line(titles, ""), "dim", colours)]
    for number, row in enumerate(rows):
        picked = number in grid.picked
        text = line(row, "> " if picked else "")
        lines.append(styled(text, "bold", colours) if picked else in_colours(text, colours))
    left_out = [title for at, title in enumerate(titles) if at not in kept]
    if left_out:
        lines.append(prose(f"not shown at this width: {', '.join(left_out)} ({grid.hint})", room, " " * margin))
    return "\n".join(lines) + "\n"


def _kept(titles: Sequence[str], widths: Sequence[int], order: Sequence[str], room: int) -> list[int]:
    """The columns that fit, as they stand, taken in by their order; the first one that does not fit ends it."""
    ranked = [titles.index(title) for title in order if title in titles]
    ranked += [at for at in range(len(titles)) if at not in ranked]
    kept, used = ranked[:1], widths[ranked[0]]
    for at in ranked[1:]:
        used += len(GAP) + widths[at]
        if used > room:
            break
        kept.append(at)
    return sorted(kept)


def _is_numeric(cells: Sequence[str]) -> bool:
    given = [cell for cell in cells if cell and cell not in ("–", "-")]
    return bool(given) and sum(bool(_NUMERIC.match(cell)) for cell in given) > len(given) / 2


def prose(text: str, room: int, indent: str = "") -> str:
    """The text in lines of at most so many characters; intervals, and numbers with their units, stay whole."""
    glued = _INTERVAL.sub(lambda match: match[0].replace(" ", GLUE), on_one_line(text))
    lines = textwrap.wrap(
        glued, room, initial_indent=indent, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
    return "\n".join(lines).replace(GLUE, " ")


def in_colours(text: str, colours: bool) -> str:
    """The words that judge in their colours, where these are shown."""
    return _WORDS.sub(lambda match: styled(match[0], match.lastgroup or "", True), text) if colours else text


def styled(text: str, style: str, colours: bool) -> str:
    """In one of the 16 basic colours, so that the person's theme decides what they look like."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if colours and text else text
