"""The speedup of one case over another: by block, in this run, over time, and in CPU time; and steps that agree."""

import math
import statistics
from collections.abc import Sequence

from bench.analysis.metrics import cpu_s
from bench.analysis.paired import block_ratios, looks_of, paired_by_block
from bench.analysis.results import CaseResult, GroupResult
from bench.analysis.spreads import spread_between
from bench.analysis.stats.looks import first_interval
from bench.analysis.stats.ratios import MARGIN, Average, Comparison, Summary, geometric_mean
from bench.analysis.stats.verdicts import BlockRatios, compare_family
from bench.records.run import Measurement
from bench.records.spread import ComparisonSpread


def judged(group: GroupResult, a: CaseResult, b: CaseResult) -> Comparison | None:
    """The speedup of b over a, judged on its own, apart from the run's other comparisons; None without a ratio."""
    compared = comparison_of(a, b, group.aa_difference, group.spreads)
    return compare_family([compared])[0] if compared else None


def comparison_of(
    a: CaseResult, b: CaseResult, aa_difference: float | None, spreads: Sequence[ComparisonSpread] = ()
) -> BlockRatios | None:
    """What is judged of the speedup of b over a; None where they were not both measured and valid."""
    ratios = block_ratios(a, b)
    goal = next((m.schedule.goal for m in b.measurements if m.schedule.goal), MARGIN)
    spread, skipped = spread_between(spreads, a.case, b.case), max(a.skipped_blocks, b.skipped_blocks)
    return BlockRatios(ratios, aa_difference or 1.0, looks_of(a, b), spread, goal, skipped) if ratios else None


def cpu_between(a: CaseResult, b: CaseResult) -> Summary | None:
    """The speedup of b over a in CPU time, all threads together; None on a GPU, or where it was not counted."""
    if not a.case.device == b.case.device == "cpu":
        return None
    ratios = [_cpu_ratio(*pair) for pair in paired_by_block(a, b)]
    counted = [math.log(ratio) for ratio in ratios if ratio]
    return first_interval(counted, looks_of(a, b)) if counted else None


def _cpu_ratio(before: Sequence[Measurement], after: Sequence[Measurement]) -> float | None:
    before_s, after_s = [cpu_s(m) for m in before], [cpu_s(m) for m in after]
    if None in before_s or None in after_s:
        return None
    return geometric_mean([s for s in before_s if s]) / geometric_mean([s for s in after_s if s])


def steps_s(baseline: CaseResult, case: CaseResult, average: Average = statistics.median) -> tuple[float, ...]:
    """Seconds of a case's step by block: the baseline's in the rounds that both took part in, over the speedup.

    So the columns of a table agree: the quotient of two steps is the speedup that stands beside them. The baseline's
    own are the mean of its two entries, on the log scale.
    """
    if case.case == baseline.case:
        with_control = {m.block: [m] for m in baseline.measurements if baseline.valid}
        for m in baseline.control:
            with_control.get(m.block, []).append(m)
        return tuple(_shared_s(entries, entries[:1], average) for entries in with_control.values())
    shared = baseline_steps_s(baseline, case, average)
    ratios = block_ratios(baseline, case, average)
    return tuple(step_s / ratio for step_s, ratio in zip(shared, ratios, strict=True))


def baseline_steps_s(baseline: CaseResult, case: CaseResult, average: Average = statistics.median) -> list[float]:
    """Seconds of the baseline's step by block, in the blocks and rounds in which a case took part."""
    return [_shared_s(before, after, average) for before, after in paired_by_block(baseline, case)]


def _shared_s(entries: Sequence[Measurement], others: Sequence[Measurement], average: Average) -> float:
    rounds = set[int]().union(*(m.steady.by_round for m in others))
    logs = [[math.log(s) for number, s in m.steady.by_round.items() if number in rounds] for m in entries]
    return math.exp(statistics.fmean(average(values) for values in logs))


def took_part_in_less(baseline: CaseResult, case: CaseResult) -> bool:
    """Whether a case was measured in fewer rounds or blocks than its baseline, and has a speedup."""
    pairs = paired_by_block(baseline, case)
    fewer = any(len(c.steady.seconds) < len(b.steady.seconds) for before, after in pairs for b in before for c in after)
    return bool(pairs) and (fewer or len(pairs) < len(baseline.measurements))
