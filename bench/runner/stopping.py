"""When a group of a run stops: once every comparison is answered to within the goal, or at its ceiling.

It looks after each block, from the fewest on. How often it may look at most is fixed before the first look, so that the
intervals can carry the price of looking (analysis/stats/looks.py); so they hold wherever a run stops, Ctrl-C too.
"""

import math
from collections.abc import Iterable, Sequence

from bench.analysis.results import CaseResult, GroupResult
from bench.analysis.stats import looks
from bench.analysis.stats.ratios import Summary
from bench.analysis.stats.verdicts import excludes_1
from bench.records.run import MOST_BLOCKS, Looks, Measurement, Schedule

SETTLING_BLOCKS = 2  # after which the looks are fixed: the first takes longer than any other, for what is done once


def looks_of(schedule: Schedule, seconds: Sequence[float]) -> Looks | None:
    """The looks of a group whose first blocks took these seconds; None without a goal, or where it is too early."""
    if schedule.goal is None or schedule.ceiling_s is None or len(seconds) < SETTLING_BLOCKS:
        return None
    *_, usual_s = settling = seconds[:SETTLING_BLOCKS]
    more = math.floor((schedule.ceiling_s - sum(settling)) / max(usual_s, 1e-3))
    return Looks(schedule.blocks, min(max(schedule.blocks, SETTLING_BLOCKS + more), MOST_BLOCKS))


def block_seconds(measurements: Iterable[Measurement]) -> list[float]:
    """How long each block of a group took, in the blocks' order."""
    by_block = dict[int, float]()
    for m in measurements:
        by_block[m.block] = max(by_block.get(m.block, 0.0), m.elapsed_s or 0.0)
    return [by_block[block] for block in sorted(by_block)]


def goes_on(group: GroupResult, schedule: Schedule, planned: Looks, seconds: Sequence[float]) -> bool:
    """Whether one more block is measured, after the fewest: not where all is answered, nor beyond the ceiling."""
    in_time = sum(seconds) + max(seconds[-1:], default=0.0) <= (schedule.ceiling_s or math.inf)
    return len(seconds) < planned.last and in_time and not answered(group, schedule)


def answered(group: GroupResult, schedule: Schedule) -> bool:
    """Whether every comparison of a group is answered."""
    return not unanswered(group, schedule)


def unanswered(group: GroupResult, schedule: Schedule) -> list[CaseResult]:
    """The candidates whose speedup in this run is not known well enough for the goal."""
    goal = schedule.goal or math.inf
    compared = [(result, result.comparison.ratio) for result in group.candidates if result.comparison]
    return [result for result, ratio in compared if ratio and not _is_answered(ratio, goal, result.skipped_blocks)]


def _is_answered(ratio: Summary, goal: float, skipped_blocks: int) -> bool:
    """Narrow enough, and either excludes 1 or lies within the goal of it; of a very slow mode that it excludes 1."""
    return excludes_1(ratio) if skipped_blocks else looks.answered(ratio, goal)
