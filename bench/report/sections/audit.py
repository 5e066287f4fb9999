"""Audit: each printed number against the arithmetic it must pass; what does not pass is bold, and red on the page."""

from bench.analysis.audit import checks
from bench.analysis.results import Run
from bench.report.form.document import Column, Row, Section, Table, column

_READING = (
    "These rules hold on any machine, so a number that breaks one is wrong, or was taken of something else. What says "
    "“not measured” had nothing to be put to in this run."
)
MOST_SHOWN = 10


def section(run: Run) -> Section:
    """A row a rule, then what breaks one."""
    rows: tuple[Row, ...] = tuple(
        {"rule": check.rule, "numbers": check.numbers, "broken": len(check.broken), "what": check.broken}
        for check in checks(run)
    )
    columns = (column("rule", "rule"), column("checked", "numbers"), Column("result", _result))
    table = Table("audit", columns, tuple({**row, "what": "; ".join(_texts(row))} for row in rows), "Every rule")
    broken = [f"- **{row['rule']}**: {text}" for row in rows for text in _texts(row)[:MOST_SHOWN]]
    return Section(f"Audit{run.label}", (_READING, table, *(["\n".join(broken)] if broken else [])))


def _texts(row: Row) -> list[str]:
    return list(row["what"]) if isinstance(row["what"], tuple) else []


def _result(row: Row) -> str:
    if row["broken"]:
        return f"**FAILED: {row['broken']} of {row['numbers']}**"
    return "holds" if row["numbers"] else "not measured"
