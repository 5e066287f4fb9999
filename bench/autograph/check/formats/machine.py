"""The formats for programs: JSON, and GitHub's workflow commands."""

from bench.autograph.check.formats.document import document, entry
from bench.autograph.check.formats.full import short, summary
from bench.autograph.findings import CheckResult, Finding


def as_json(checked: CheckResult) -> str:
    """The document, with the number of `files` checked; `evidence` is `predicted`, because nothing was run."""
    return document("check", {"files": checked.files}, [entry(finding, "predicted") for finding in checked.findings])


def github(checked: CheckResult) -> str:
    """GitHub workflow commands, one per finding; GitHub shows them as annotations."""
    return "\n".join([*(_annotation(finding) for finding in checked.findings), summary(checked)])


def _annotation(finding: Finding) -> str:
    level = {"error": "error", "warning": "warning"}.get(finding.severity, "notice")
    # GitHub shows columns of one line only.
    columns = f",col={finding.column},endColumn={finding.end_column}" if finding.end_line == finding.line else ""
    location = f"file={_property(short(finding.file))},line={finding.line},endLine={finding.end_line}{columns}"
    title = _property(f"{finding.code} {finding.name}")
    return f"::{level} {location},title={title}::{_text(finding.message + '; fix: ' + finding.fix)}"


def _text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _text(text).replace(":", "%3A").replace(",", "%2C")
