"""Two cases of a run block by block: the pairs of their measurements, and the speedups that follow."""

import math
import statistics
from dataclasses import replace

from bench.analysis.results import CaseResult
from bench.analysis.stats.looks import first_interval
from bench.analysis.stats.ratios import Average, Summary, block_ratio, geometric_mean
from bench.records.run import Looks, Measurement


def block_ratios(baseline: CaseResult, candidate: CaseResult, average: Average = statistics.median) -> list[float]:
    """The candidate's speedups, block by block; none where one of the two is invalid.

    The baseline counts as the mean (log scale) of its two measurements in a block, but not against its own control.
    """
    return [
        geometric_mean([block_ratio(b.steady, c.steady, average) for b in baselines for c in candidates])
        for baselines, candidates in paired_by_block(baseline, candidate)
    ]


Entries = list[Measurement]  # of one case in one block: its own, and its control's


def paired_by_block(baseline: CaseResult, candidate: CaseResult) -> list[tuple[Entries, Entries]]:
    """The entries of both in each block that both were measured in; none where one of the two is invalid."""
    if not (baseline.valid and candidate.valid):
        return []
    baselines, candidates = _by_block(baseline, candidate), _by_block(candidate, baseline)
    return [(baselines[block], candidates[block]) for block in sorted(baselines.keys() & candidates.keys())]


def _by_block(result: CaseResult, other: CaseResult) -> dict[int, Entries]:
    """The measurements of each block in which the case was measured, with its control's unless `other` is that."""
    entries = {m.block: [m] for m in result.measurements}
    same_case = replace(result.case, again=False) == replace(other.case, again=False)
    for m in () if same_case else result.control:
        if m.block in entries:
            entries[m.block].append(m)
    return entries


def ratio_between(a: CaseResult, b: CaseResult, average: Average = statistics.median) -> Summary | None:
    """The speedup of b over a across blocks, in this run; None where they were not both measured and valid.

    With the mean as `average` every slice counts, those included that machine noise made longer.
    """
    ratios = block_ratios(a, b, average)
    return first_interval([math.log(ratio) for ratio in ratios], looks_of(a, b)) if ratios else None


def looks_of(a: CaseResult, b: CaseResult) -> Looks | None:
    """When the run might have stopped for these two; None for a number of blocks that was fixed beforehand."""
    return next((m.schedule.looks for case in (a, b) for m in reversed(case.measurements) if m.schedule.looks), None)
