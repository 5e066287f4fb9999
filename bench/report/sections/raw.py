"""The section on raw data: the files that every number of the report comes from, and the tables as CSV."""

from collections.abc import Sequence

from bench.report.form.document import Section, Table

_FILES = (
    ("plan.json", "what the run set out to measure"),
    ("measurements/", "one file for each case and block, written once: the raw numbers, all else is rebuilt from them"),
    ("benchmark.json", "the same in pytest-benchmark's format"),
)


def section(sections: Sequence[Section]) -> Section:
    """A link for each file; a table's file may hold more columns and rows than the page shows."""
    tables = [part for s in sections for part in s.parts if isinstance(part, Table)]
    links = [f"- [{name}]({name}): {words}" for name, words in _FILES]
    links += [f"- [tables/{t.name}.csv](tables/{t.name}.csv){f': {t.caption}' if t.caption else ''}" for t in tables]
    return Section("Raw data", ("\n".join(links),))
