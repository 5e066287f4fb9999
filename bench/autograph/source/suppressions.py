"""Reads `# noqa` comments: which findings they suppress, and which comments are unused (AG002)."""

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass

from bench.autograph.findings import Finding

_OURS = re.compile(r"noqa:.*AG\d", re.IGNORECASE)
_COMMENT = re.compile(r"#\s*noqa(?::\s*(?P<codes>[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*))?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Noqa:
    """A noqa comment. `codes` is None where it suppresses every finding."""

    line: int
    column: int
    end_column: int
    codes: tuple[str, ...] | None

    def covers(self, finding: Finding) -> bool:
        """Does it suppress this finding? The comment may be on any line of the finding."""
        inside = finding.line <= self.line <= finding.end_line
        return inside and (self.codes is None or finding.code.startswith(self.codes))


def name_our_codes(lines: list[str]) -> bool:
    """May a noqa comment in the lines name a code of ours? Others only matter where there is something to suppress."""
    return any(_OURS.search(line) for line in lines if "noqa" in line.lower())


def comments(lines: list[str]) -> list[Noqa]:
    """The noqa comments in the lines of a file that Python can parse."""
    if not any("noqa" in line.lower() for line in lines):
        return []
    noqas = []
    text = "\n".join(lines) + "\n"
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and (match := _COMMENT.search(token.string)):
            codes = match["codes"]
            listed = tuple(code.upper() for code in re.split(r"[,\s]+", codes)) if codes else None
            start = token.start[1] + match.start() + 1
            noqas.append(Noqa(token.start[0], start, start + len(match[0]), listed))
    return noqas


def unused(file: str, noqa: Noqa, suppressed: list[Finding]) -> Iterator[Finding]:
    """A finding for the AG codes that the comment names without need."""
    own_codes = [code for code in noqa.codes or () if code.startswith("AG")]
    unneeded = [code for code in own_codes if not any(finding.code.startswith(code) for finding in suppressed)]
    if unneeded:
        message = f"nothing here breaks {', '.join(unneeded)}, which this comment suppresses"
        yield Finding(
            "AG002", "unused-noqa", "warning", None, file, noqa.line, noqa.column, noqa.line, noqa.end_column,
            message, fix="remove the code from the comment",
        )  # fmt: skip
