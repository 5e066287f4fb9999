"""A judged case -> when its dearer start is repaid; a case that cannot be judged -> why. For analysis.py alone."""

from typing import TYPE_CHECKING

from bench.analysis import metrics
from bench.analysis.stats import ratios as stats
from bench.analysis.stats.ratios import BreakEven, Comparison, Verdict
from bench.records.run import Measurement

if TYPE_CHECKING:
    from bench.analysis.analyse import CaseResult


def without_ratio(baseline: "CaseResult", result: "CaseResult") -> Comparison:
    """Why a case has no ratio to its baseline."""
    if result.invalid:
        return Comparison(None, Verdict.INVALID, reason="; ".join(result.invalid))
    if result.not_available:
        return Comparison(None, Verdict.NOT_AVAILABLE, reason=result.not_available)
    if result.not_applicable:
        return Comparison(None, Verdict.NOT_APPLICABLE, reason=result.not_applicable)
    if result.failures and not result.measurements:
        failure = result.failures[0]
        return Comparison(None, Verdict.NOT_COMPARABLE, reason=f"failed at stage {failure.stage}: {failure.message}")
    if not result.measurements:
        return Comparison(None, Verdict.NOT_COMPARABLE, reason="not measured yet")
    return Comparison(None, Verdict.NOT_COMPARABLE, reason=f"the baseline ({baseline.title}) has no valid measurement")


def repaid(baseline: "CaseResult", result: "CaseResult", verdict: Verdict) -> BreakEven | None:
    """Only a gain that was shown can repay anything."""
    if verdict in (Verdict.INVALID, Verdict.NOT_COMPARABLE, Verdict.NOT_APPLICABLE, Verdict.NOT_AVAILABLE):
        return None
    if verdict is not Verdict.FASTER:
        return BreakEven(None, "never" if verdict is Verdict.SLOWER else "no gain shown")
    pairs = _pairs(baseline, result)
    extra = [metrics.startup_s(candidate) - metrics.startup_s(base) for base, candidate in pairs]
    saved = [metrics.step_s(base) - metrics.step_s(candidate) for base, candidate in pairs]
    return stats.break_even(extra, saved)


def _pairs(baseline: "CaseResult", candidate: "CaseResult") -> list[tuple[Measurement, Measurement]]:
    by_block = {m.block: m for m in baseline.measurements}
    return [(by_block[m.block], m) for m in candidate.measurements if m.block in by_block]
