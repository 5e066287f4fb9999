"""The main table's columns on what a mode costs beside its step time: how many times as much as its baseline."""

from functools import partial

from bench.analysis.quantities import QUANTITIES, Quantity, cost_ratio
from bench.analysis.results import CaseResult, GroupResult
from bench.analysis.stats.ratios import Summary
from bench.report.form.document import Column, Row, summary_of
from bench.report.form.wording import times

_SHORT = {"memory": "memory"}  # titles that are shorter in a table


def columns() -> tuple[Column, ...]:
    """One a quantity, without the interval, which is in the CSV."""
    return tuple(_column(of) for of in QUANTITIES)


def row(group: GroupResult, result: CaseResult) -> Row:
    """The ratios over time, above 1 where the case costs more; None of the baseline and its A/A control."""
    itself = result is group.baseline or result.case.again
    return {_key(of): None if itself else times_as_much(group, result, of) for of in QUANTITIES}


def times_as_much(group: GroupResult, result: CaseResult, of: Quantity) -> Summary | None:
    """How many times as much of a quantity a case costs as its baseline, over time; None where it is not known."""
    compared = cost_ratio(group, group.baseline, result, of)
    ratio = compared.over_time if compared else None
    return ratio.inverse if ratio else None


def _column(of: Quantity) -> Column:
    key = _key(of)
    return Column(_SHORT.get(of.name, of.title), partial(_text, key), key, partial(_centre, key), role="low")


def _text(key: str, row: Row) -> str:
    return "1x" if row["verdict"] == "baseline" else times(summary_of(row, key))


def _centre(key: str, row: Row) -> float | None:
    summary = summary_of(row, key)
    return summary.centre if summary else None


def _key(of: Quantity) -> str:
    return f"{of.key}_times"
