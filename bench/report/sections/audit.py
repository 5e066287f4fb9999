"""The section on sanity checks of the numbers; one that does not hold is bold, and red on the page."""

from bench.analysis.audit import Check, checks
from bench.analysis.results import Run
from bench.report.form.document import Column, Row, Section, Table, column

_READING = (
    "These rules hold on any machine, so a number that breaks one is wrong, or was taken of something else. What says "
    "“not measured” had nothing to be put to in this run."
)
MOST_SHOWN = 10


def section(run: Run) -> Section:
    """A row for each rule, then every number that breaks one."""
    rules = checks(run)
    columns = (column("rule", "rule"), column("checked", "numbers"), Column("result", _result))
    table = Table("audit", columns, tuple(map(_row, rules)), "Every rule")
    broken = [f"- **{check.rule}**: {text}" for check in rules for text in check.broken[:MOST_SHOWN]]
    return Section(f"Audit{run.label}", (_READING, table, *(["\n".join(broken)] if broken else [])))


def _row(check: Check) -> Row:
    broken = len(check.broken)
    return {"rule": check.rule, "numbers": check.numbers, "broken": broken, "what": "; ".join(check.broken)}


def _result(row: Row) -> str:
    if row["broken"]:
        return f"**FAILED: {row['broken']} of {row['numbers']}**"
    return "holds" if row["numbers"] else "not measured"
