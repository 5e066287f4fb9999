"""The documentation as text: its files, their blocks, and the comments that say where a block's numbers are from.

A block is what stands between blank lines; a comment `<!-- from: FILE, FILE -->` after it names the kept files (below
results/) that its numbers are from, `<!-- set: ... -->` says that they were chosen, `<!-- historical: ... -->` that no
raw data was kept. Python and commands are not blocks: their numbers are typed, not read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from places import ROOT

REFERENCE = ROOT / "docs" / "cli.md"  # made from --help
WRITTEN = (ROOT / "README.md", *sorted(path for path in (ROOT / "docs").glob("*.md") if path != REFERENCE))
COMMENT = re.compile(r"^ *<!-- (from|set|historical): (.+) -->$")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of a document between blank lines; `kind` and `said` are the comment's, '' without one."""

    document: str
    line: int
    text: str
    kind: str = ""
    said: str = ""

    @property
    def where(self) -> str:
        return f"{self.document}:{self.line}"


def blocks(path: Path) -> Iterator[Block]:
    """The blocks of a document; a comment belongs to all lines since the last comment or blank line."""
    held: list[str] = []
    text = re.sub(r"```python\n.*?```", lambda match: "\n" * match[0].count("\n"), path.read_text(), flags=re.DOTALL)
    text = re.sub(r"^    (?:cifar-bench|pytest|python) .*$", "", text, flags=re.MULTILINE)
    for number, line in enumerate([*text.splitlines(), ""], start=1):
        comment, first = COMMENT.match(line), number - len(held)
        if held and (comment or not line.strip()):
            kind, said = comment.groups() if comment else ("", "")
            yield Block(str(path.relative_to(ROOT)), first, "\n".join(held), kind, said)
            held = []
        elif line.strip():
            held.append(line)
