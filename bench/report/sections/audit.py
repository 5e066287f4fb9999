"""The section on sanity checks of the numbers; one that does not hold is bold, and red on the page."""

from collections.abc import Sequence

from bench.analysis.audit import Check, checks
from bench.analysis.results import Run
from bench.report.form.document import Column, Part, Row, Section, Table, column, counted

_READING = (
    "These rules hold on any machine, so a number that breaks one is wrong or describes something else. "
    "“Not measured”: this run has no number to check."
)
MOST_SHOWN = 10


def section(run: Run) -> Section:
    """A row for each rule, then every number that breaks one."""
    rules = checks(run)
    columns = (column("rule", "rule"), counted("checked", "numbers"), Column("result", _result, "audit_result"))
    table = Table("audit", columns, tuple(map(_row, rules)), "Sanity checks of the numbers")
    broken = [f"- **{check.rule}**: {text}" for check in rules for text in check.broken[:MOST_SHOWN]]
    parts: tuple[Part, ...] = (*(["\n".join(broken)] if broken else []), table, _READING)
    return Section(f"Sanity checks{run.label}", parts, _summary(rules))


def _summary(rules: Sequence[Check]) -> str:
    broken = [check.rule for check in rules if check.broken]
    if broken:
        return f"**{len(broken)} do not hold**: {broken[0]}"
    return f"{sum(bool(check.numbers) for check in rules)} rules, all of them hold"


def _row(check: Check) -> Row:
    broken = len(check.broken)
    return {"rule": check.rule, "numbers": check.numbers, "broken": broken, "what": "; ".join(check.broken)}


def _result(row: Row) -> str:
    if row["broken"]:
        return f"**FAILED: {row['broken']} of {row['numbers']}**"
    return "holds" if row["numbers"] else "not measured"
