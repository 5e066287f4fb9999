"""The section on raw data: the files that every number of the report comes from, and the tables as CSV."""

from collections.abc import Sequence

from bench.report.form.document import Section, Table

_WHAT_FOR = {
    "plan.json": "what the run set out to measure",
    "measurements": "one file a case and repetition, written once: the raw numbers, all else is rebuilt from them",
    "measurements.jsonl": "a line a case and repetition, never changed: the raw numbers, all else is rebuilt from them",
    "measurements.jsonl.gz": "a line a case and repetition, packed: the raw numbers, all else is rebuilt from them",
    "summary.json": "the results for other programs",
    "benchmark.json": "the same in pytest-benchmark's format",
}


def section(sections: Sequence[Section], raw_files: Sequence[str]) -> Section:
    """A link for each file; a table's file may hold more columns and rows than the page shows."""
    tables = [part for s in sections for part in s.parts if isinstance(part, Table)]
    links = [_link(name) for name in ("plan.json", *raw_files, "summary.json", "benchmark.json")]
    links += [f"- [{t.file}]({t.file}){f': {t.caption}' if t.caption else ''}" for t in tables]
    return Section(
        "Raw files", ("\n".join(links),), "Everything here can be rebuilt from plan.json and the measurements"
    )


def _link(name: str) -> str:
    path = f"{name}/" if name == "measurements" else name
    return f"- [{path}]({path}): {_WHAT_FOR[name]}"
