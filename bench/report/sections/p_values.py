"""The section of p-values: one for each comparison, and what its verdict rests on."""

from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.stats.ratios import ALPHA
from bench.report.form.document import Column, Section, Table, column, number_of
from bench.report.form.wording import grouping
from bench.report.sections.steady import verdict_of


def section(run: Run) -> Section:
    """The p-values and what each verdict rests on."""
    rows = tuple(
        {"group": group.title, "mode": result.case.mode, "title": result.title, **_judged(group, result)}
        for group, result in run.rows()
        if not result.case.again and result is not group.baseline
    )
    columns = (
        column("mode", "title"),
        Column("p", lambda row: f"{p:.2g}" if (p := number_of(row, "p_holm")) is not None else "–", "p_holm",
               lambda row: number_of(row, "p_holm")),
        column("verdict", "verdict"),
        Column("why", lambda row: "" if str(row["reason"]).startswith("p =") else str(row["reason"]), "reason"),
    )  # fmt: skip
    small = sum((p := number_of(row, "p_holm")) is not None and p < ALPHA for row in rows)
    table = Table("p_values", columns, rows, "p-values and verdicts", group=grouping(run))
    return Section(
        "p-values and verdicts", (table,) if rows else (), f"{small} of {len(rows)} comparisons have p < 0.05"
    )


def _judged(group: GroupResult, result: CaseResult) -> dict[str, object]:
    verdict, reason = verdict_of(group, result)
    return {"p_holm": result.comparison and result.comparison.p, "verdict": verdict, "reason": reason}
