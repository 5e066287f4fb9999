"""Outcomes -> one result a case, group by group: what every table, plot, sentence and stopping rule reads."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bench.analysis import validity, warnings
from bench.analysis.gradients import noise_in
from bench.analysis.metrics import startup_s
from bench.analysis.paired import paired_by_block, ratio_between
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.slow_cases import count_skipped, sampling_warning
from bench.analysis.speedups import baseline_steps_s, comparison_of, cpu_between, steps_s, took_part_in_less
from bench.analysis.stats.break_even import break_even
from bench.analysis.stats.ratios import (
    BreakEven,
    Comparison,
    Summary,
    Verdict,
    difference_from_itself,
    summarise,
)
from bench.analysis.stats.verdicts import BlockRatios, compare_family
from bench.analysis.updates import missed_the_look, repeated_few
from bench.records.case import Case
from bench.records.ledger import LeftOut
from bench.records.run import UNEQUAL, Failure, Measurement, Outcome, Plan, groups
from bench.records.spread import ComparisonSpread


@dataclass
class _Family:
    """The comparisons of a run that share one Holm correction, gathered first and judged together."""

    ratios: list[BlockRatios] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def add(self, key: str, ratios: BlockRatios) -> None:
        self.keys.append(key)
        self.ratios.append(ratios)

    def judge(self) -> dict[str, Comparison]:
        return dict(zip(self.keys, compare_family(self.ratios), strict=True))


def analyse(plan: Plan, outcomes: Sequence[Outcome], left_out: Sequence[LeftOut] = ()) -> Run:
    """The run as far as it has been measured."""
    collected = [_group(name, cases, outcomes, plan.spreads) for name, cases in groups(plan).items()]
    comparisons = _compare(collected)
    judged = [replace(group, cases=tuple(_judged(group, r, comparisons) for r in group.cases)) for group in collected]
    return Run(plan, tuple(outcomes), tuple(judged), tuple(left_out))


def _group(
    name: str, cases: Sequence[Case], outcomes: Sequence[Outcome], spreads: tuple[ComparisonSpread, ...]
) -> GroupResult:
    results = _collect(cases, outcomes)
    control_ratio = _control_ratio(results)
    aa_difference = difference_from_itself(control_ratio) if control_ratio else None
    return GroupResult(name, tuple(results), control_ratio, aa_difference, spreads)


def _collect(cases: Sequence[Case], outcomes: Sequence[Outcome]) -> list[CaseResult]:
    """The cases' results without comparisons, the baseline first."""
    of_baseline = [o.measurement for o in outcomes if o.measurement and o.case == cases[0]]
    baseline, *others = [_result(case, outcomes, of_baseline) for case in cases]
    others = [_sampled(baseline, result) for result in others]
    control = tuple(m for r in others if r.case.again and r.valid for m in r.measurements)
    baseline = replace(_sampled(baseline, baseline), control=control)
    return [_with_steps(baseline, result) for result in (baseline, *others)]


def _with_steps(baseline: CaseResult, result: CaseResult) -> CaseResult:
    """With the time of its step by block; where it took part in less than the baseline, that one's time there."""
    if result.case.again or not baseline.valid:
        return result
    result = replace(result, steps_s=steps_s(baseline, result))
    less = took_part_in_less(baseline, result)
    return replace(result, baseline_s=summarise(baseline_steps_s(baseline, result))) if less else result


def _result(case: Case, outcomes: Sequence[Outcome], baseline: Sequence[Measurement]) -> CaseResult:
    records = [outcome.record for outcome in outcomes if outcome.case == case]
    measurements = tuple(record for record in records if isinstance(record, Measurement))
    failures = tuple(record for record in records if isinstance(record, Failure))
    unequal = [f.message for f in failures if f.stage == UNEQUAL]
    unproven = [reason for m in measurements for reason in validity.unproven_mode(m)]
    invalid = tuple(dict.fromkeys(unequal + unproven + _other_training(measurements, baseline)))
    return CaseResult(case, measurements, failures, invalid, warnings=tuple(warnings.of_measurements(measurements)))


def _other_training(measurements: Sequence[Measurement], baseline: Sequence[Measurement]) -> list[str]:
    """Where a case's training differs from the baseline's in the same block, or from its own in its first block."""
    by_block, noise = {m.block: m for m in baseline}, noise_in(baseline)
    beside_baseline = [(m, by_block[m.block]) for m in measurements if m.block in by_block]
    beside_itself = [(m, measurements[0]) for m in measurements[1:]]
    return [
        reason
        for m, reference in (*beside_baseline, *beside_itself)
        if m is not reference
        for reason in validity.other_training(m, reference, noise)
    ]


def _sampled(baseline: CaseResult, result: CaseResult) -> CaseResult:
    """With the blocks it skipped for being very slow, and a warning of them."""
    skipped = count_skipped(baseline.measurements, result.measurements, result.failures)
    warned = (*result.warnings, *sampling_warning(result.measurements, skipped))
    return replace(result, skipped_blocks=skipped, warnings=warned)


def _control_ratio(results: Sequence[CaseResult]) -> Summary | None:
    controls = [result for result in results if result.case.again and result.valid]
    return ratio_between(results[0], controls[0]) if controls else None


def _compare(collected: Sequence[GroupResult]) -> dict[str, Comparison]:
    """By case key, the comparison of each candidate that has a ratio to its baseline."""
    family = _Family()
    for group in collected:
        for result in group.candidates:
            if compared := comparison_of(group.baseline, result, group.aa_difference, group.spreads):
                family.add(result.case.key, compared)
    return family.judge()


def _judged(group: GroupResult, result: CaseResult, comparisons: dict[str, Comparison]) -> CaseResult:
    if result.case == group.baseline.case or result.case.again:
        return result
    comparison = comparisons.get(result.case.key) or _without_ratio(group.baseline, result)
    failed = [f"failed in repetition {f.block}: {f.message}" for f in result.failures if result.measurements]
    if result.measurements:
        failed += missed_the_look(result.measurements, result.failures, group.baseline.measurements)
    noise = warnings.uneven_noise(comparison.ratio, ratio_between(group.baseline, result, average=statistics.fmean))
    few = warnings.few_blocks(comparison, result.skipped_blocks)
    reason = "; ".join(filter(None, (comparison.reason, *repeated_few(result.measurements))))
    cpu = cpu_between(group.baseline, result) if comparison.ratio else None
    comparison = replace(comparison, reason=reason, warnings=(*few, *failed, *noise), cpu=cpu)
    return replace(result, comparison=comparison, break_even=_break_even(group.baseline, result, comparison))


def _without_ratio(baseline: CaseResult, result: CaseResult) -> Comparison:
    """The comparison of a case that has no ratio to its baseline, with the reason."""
    if result.invalid:
        return Comparison(None, Verdict.INVALID, reason="; ".join(result.invalid))
    if result.not_available:
        return Comparison(None, Verdict.NOT_AVAILABLE, reason=result.not_available)
    if result.not_applicable:
        return Comparison(None, Verdict.NOT_APPLICABLE, reason=result.not_applicable)
    if result.other_by_design:
        return Comparison(None, Verdict.NOT_COMPARABLE, reason=result.other_by_design)
    if result.failures and not result.measurements:
        failure = result.failures[0]
        return Comparison(None, Verdict.NOT_COMPARABLE, reason=f"failed at stage {failure.stage}: {failure.message}")
    if not result.measurements:
        return Comparison(None, Verdict.NOT_COMPARABLE, reason="not measured yet")
    return Comparison(None, Verdict.NOT_COMPARABLE, reason=f"the baseline ({baseline.title}) has no valid measurement")


def _break_even(baseline: CaseResult, result: CaseResult, comparison: Comparison) -> BreakEven | None:
    """Only a mode that was found faster, or likely so, can recover a longer start-up."""
    verdict = comparison.verdict
    if not comparison.ratio:
        return None
    if not verdict.faster:
        return BreakEven(None, "never", comparison.rough) if verdict.slower else BreakEven(None, "no speedup shown")
    pairs = paired_by_block(baseline, result)
    extra_s = [startup_s(after[0]) - startup_s(before[0]) for before, after in pairs]
    saved_s = [
        before_s - after_s for before_s, after_s in zip(baseline_steps_s(baseline, result), result.steps_s, strict=True)
    ]
    return break_even(extra_s, saved_s, comparison)
