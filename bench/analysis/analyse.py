"""Outcomes -> one result a case, group by group: what every table, plot, sentence and stopping rule reads.

Leaves out the arithmetic (metrics.py, stats.py, validity.py) and all wording of reports.
"""

from typing import TYPE_CHECKING

from bench.analysis import metrics
from bench.analysis.stats import ratios as stats
from bench.analysis.stats.ratios import BreakEven, Comparison, Verdict
from bench.records.ledger import LeftOut
from bench.records.run import UNEQUAL, Measurement

if TYPE_CHECKING:
    from bench.analysis.results import CaseResult

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bench.analysis import validity
from bench.analysis import warnings as doubts
from bench.analysis.results import CaseResult, GroupResult, Run, block_ratios, ratio_between
from bench.analysis.slow_cases import sat_out, spared
from bench.analysis.stats.ratios import Summary
from bench.records.case import Case
from bench.records.run import Failure, Outcome, Plan, groups


@dataclass
class _Family:
    """The comparisons of a run that share one Holm correction, gathered first and judged together."""

    ratios: list[tuple[list[float], float]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def add(self, key: str, ratios: list[float], floor: float) -> None:
        self.keys.append(key)
        self.ratios.append((ratios, floor))

    def judge(self) -> dict[str, Comparison]:
        return dict(zip(self.keys, stats.compare(self.ratios), strict=True))


def analyse(plan: Plan, outcomes: Sequence[Outcome], left_out: Sequence[LeftOut] = ()) -> Run:
    """The run as far as it has been measured."""
    collected = [(name, _collect(cases, outcomes)) for name, cases in groups(plan).items()]
    family, results = _Family(), []
    for name, cases in collected:
        again = _again(cases)
        floor = stats.noise_floor(again)
        for result in cases[1:]:
            if not result.case.again and result.valid and (ratios := block_ratios(cases[0], result)):
                family.add(result.case.key, ratios, floor)
        results.append(GroupResult(name, tuple(cases), again, floor if again else None))
    comparisons = family.judge()
    judged = [replace(group, cases=tuple(_judged(group, r, comparisons) for r in group.cases)) for group in results]
    return Run(plan, tuple(outcomes), tuple(judged), tuple(left_out))


def _collect(cases: Sequence[Case], outcomes: Sequence[Outcome]) -> list[CaseResult]:
    results = [_result(case, outcomes) for case in cases]
    baseline = results[0].measurements
    counted = [replace(r, sat_out=sat_out(baseline, r.measurements, r.failures)) for r in results]
    warned = [replace(r, warnings=(*r.warnings, *spared(r.measurements, r.sat_out))) for r in counted]
    twin = tuple(m for r in warned if r.case.again and r.valid for m in r.measurements)
    return [replace(warned[0], twin=twin), *warned[1:]]


def _result(case: Case, outcomes: Sequence[Outcome]) -> CaseResult:
    own = [outcome.record for outcome in outcomes if outcome.case == case]
    measurements = tuple(record for record in own if isinstance(record, Measurement))
    failures = tuple(record for record in own if isinstance(record, Failure))
    unequal = [f.message for f in failures if f.stage == UNEQUAL]
    unproven = [reason for m in measurements for reason in validity.unproven_mode(m)]
    warnings = (
        *doubts.unsteady(measurements), *doubts.unconverted(measurements), *doubts.throttled(measurements),
        *doubts.shared(measurements),
    )  # fmt: skip
    return CaseResult(case, measurements, failures, tuple(dict.fromkeys(unequal + unproven)), warnings=warnings)


def _again(cases: list[CaseResult]) -> Summary | None:
    seconds = [result for result in cases if result.case.again and result.valid]
    ratios = block_ratios(cases[0], seconds[0]) if seconds else []
    return stats.summarise(ratios) if ratios else None


def _judged(group: GroupResult, result: CaseResult, comparisons: dict[str, Comparison]) -> CaseResult:
    if result.case == group.baseline.case or result.case.again:
        return result
    comparison = comparisons.get(result.case.key) or without_ratio(group.baseline, result)
    failed = [f"failed in block {f.block}: {f.message}" for f in result.failures if result.measurements]
    disturbed = doubts.disturbed(comparison.ratio, ratio_between(group.baseline, result, share=1.0))
    few = doubts.few_blocks(comparison, result.sat_out)
    comparison = replace(comparison, warnings=(*few, *failed, *disturbed))
    return replace(result, comparison=comparison, break_even=repaid(group.baseline, result, comparison.verdict))


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
