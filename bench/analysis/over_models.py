"""A mode's speedup over all models of a run in one number: the geometric mean of those of the valid ones."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bench import modes
from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.stats.ratios import MOST, Summary, geometric_mean


@dataclass(frozen=True, slots=True)
class OverModels:
    """A mode over groups that differ in their model alone: `mean` over the valid ones of so many `models`.

    Its interval is for these models, not for models in general: it combines theirs, which are independent. `rough`:
    one of them is from fewer repetitions than a claim needs.
    """

    title: str
    mode: str
    baseline: str
    models: int
    valid: int
    mean: Summary | None
    rough: bool = False


def over_models(run: Run) -> list[OverModels]:
    """Each mode of each family of groups; empty where a family has but one model."""
    families: dict[str, list[GroupResult]] = {}
    for group in run.groups:
        families.setdefault(_but_for_the_model(group), []).append(group)
    several = [groups for groups in families.values() if len({g.workload.model for g in groups}) > 1]
    return [_of_mode(groups, number) for groups in several for number in _modes(groups)]


def _but_for_the_model(group: GroupResult) -> str:
    case = group.baseline.case
    return replace(case, workload=replace(case.workload, model="")).key


def _modes(groups: Sequence[GroupResult]) -> list[str]:
    return list(dict.fromkeys(result.case.arm for group in groups for result in group.candidates))


def _of_mode(groups: Sequence[GroupResult], arm: str) -> OverModels:
    results = [result for group in groups for result in group.candidates if result.case.arm == arm]
    compared = [result for result in results if _ratio(result)]
    ratios = [ratio for result in compared if (ratio := _ratio(result))]
    case = groups[0].baseline.case
    title = f"{groups[0].title.partition(', ')[2]}"
    mean, rough = combined(ratios) if ratios else None, any(r.comparison.rough for r in compared if r.comparison)
    return OverModels(title, results[0].title, modes.row(case.mode).title, len(results), len(ratios), mean, rough)


def _ratio(result: CaseResult) -> Summary | None:
    comparison = result.comparison
    return (comparison and (comparison.over_time or comparison.ratio)) or None


def combined(ratios: Sequence[Summary]) -> Summary:
    """The geometric mean of independent ratios; its half width, on the log scale, is their root of squares over n."""
    centre, count = geometric_mean([ratio.centre for ratio in ratios]), len(ratios)
    widths = [_half_width(ratio) for ratio in ratios]
    if None in widths:
        return Summary(centre, None, None, count)
    half = math.hypot(*(width for width in widths if width is not None)) / count
    return Summary(centre, centre * math.exp(-half), centre * math.exp(min(half, MOST)), count)


def _half_width(ratio: Summary) -> float | None:
    return None if ratio.low is None or ratio.high is None else math.log(ratio.high / ratio.low) / 2
