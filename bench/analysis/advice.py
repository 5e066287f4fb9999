"""What was tried on a run's best mode: each thing's speedup over it, judged as one family, and its losses."""

from dataclasses import dataclass

from bench.analysis.results import CaseResult, Run
from bench.analysis.speedups import comparison_of
from bench.analysis.stats.ratios import Comparison
from bench.analysis.stats.verdicts import compare_family
from bench.records.run import Measurement, Plan


@dataclass(frozen=True, slots=True)
class Tried:
    """One thing that was tried. `comparison`: its speedup over the best mode; None with the `reason` why there is none.

    `loss_apart`: the largest relative difference of the first losses from the best mode's.
    """

    result: CaseResult
    comparison: Comparison | None
    reason: str = ""
    loss_apart: float | None = None


def holds_tries(plan: Plan) -> bool:
    """Whether a plan is of things that are tried on one mode: settings, or other data types, beside its first case."""
    cases = [case for case in plan.cases if not case.again]
    return any(case.setting for case in cases) or (len(cases) > 1 and len({case.mode for case in cases}) == 1)


def tried(run: Run) -> list[Tried]:
    """Everything that a run of `advise` holds beside its best mode, in the plan's order. Holm over all of it."""
    first, *others = run.groups
    best = first.baseline
    results = [*first.candidates, *(group.baseline for group in others)]
    aa_difference = max(group.aa_difference or 1.0 for group in run.groups)
    compared = [comparison_of(best, result, aa_difference, run.plan.spreads) for result in results]
    judged = iter(compare_family([each for each in compared if each]))
    return [
        Tried(result, next(judged) if each else None, "" if each else _why_not(result), _loss_apart(best, result))
        for each, result in zip(compared, results, strict=True)
    ]


def helping(results: list[Tried]) -> list[Tried]:
    """Those that are faster for certain, the best first."""
    certain = [each for each in results if each.comparison and each.comparison.verdict.value == "FASTER"]
    return sorted(certain, key=lambda each: -_centre(each))


def _centre(each: Tried) -> float:
    ratio = each.comparison and each.comparison.over_time
    return ratio.centre if ratio else 0.0


def _why_not(result: CaseResult) -> str:
    if result.invalid:
        return "; ".join(result.invalid)
    if result.refused:
        return result.refused
    return result.failures[0].message if result.failures else "not measured"


def _loss_apart(best: CaseResult, result: CaseResult) -> float | None:
    if not (best.measurements and result.measurements):
        return None
    pairs = zip(_losses(best.measurements[0]), _losses(result.measurements[0]), strict=False)
    apart = [abs(after / before - 1) for before, after in pairs if before and after]
    return max(apart, default=None)


def _losses(measurement: Measurement) -> tuple[float | None, ...]:
    return measurement.evidence.first_losses
