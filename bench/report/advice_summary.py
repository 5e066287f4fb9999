"""`advise --json`: what a step of the best mode costs, what the run shows, what was tried."""

from collections.abc import Sequence
from typing import Any

from bench.analysis.advice import Tried, helping
from bench.analysis.results import CaseResult, GroupResult
from bench.errors import Exit
from bench.report import advice
from bench.report.summary import head, interval, number


def document(
    group: GroupResult, best: CaseResult, tried: list[Tried] | None, code: Exit, raw: Sequence[str]
) -> dict[str, Any]:
    """`tried` is None where nothing was asked for; `raw` are the files of the run that the folder holds."""
    helped = helping(tried or [])
    return {
        **head("advise", code, raw),
        "group": group.name,
        "mode": best.case.mode,
        "step_s": interval(best.summary("step")),
        "cpu_s": interval(best.summary("cpu")),
        "hints": advice.hints(group, best),
        "tried": None if tried is None else [_tried(each, each in helped) for each in tried],
    }


def _tried(each: Tried, helped: bool) -> dict[str, Any]:
    comparison = each.comparison
    return {
        "title": advice.title(each.result),
        "setting": each.result.case.setting or None,
        "verdict": comparison.verdict.value if comparison else None,
        "reason": each.reason or None,
        "speedup": interval(comparison.over_time) if comparison else None,
        "loss_apart": number(each.loss_apart),
        "keep": advice.keep(each.result) if helped else None,
    }
