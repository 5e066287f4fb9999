"""When a group of a run stops: once every comparison is answered to within the goal, or at its ceiling.

It looks after each block, from the fewest on. How often it may look at most is fixed before the first look, so that the
intervals can carry the price of looking (analysis/stats/looks.py); so they hold wherever a run stops, Ctrl-C too.
"""

import math
from collections.abc import Sequence
from pathlib import Path

from bench.analysis.analyse import analyse
from bench.analysis.results import CaseResult, GroupResult
from bench.analysis.stats import looks
from bench.analysis.stats.ratios import PILOT_BLOCKS, Summary
from bench.analysis.stats.verdicts import excludes_1
from bench.records.run import Looks, Outcome, Plan, Schedule
from bench.runner.settled import block_seconds, settled


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


def blocks_wanted(plan: Plan, outcomes: Sequence[Outcome], name: str, done: int) -> int:
    """How many blocks of a group the plan wants by what so many have shown."""
    schedule = plan.schedule
    if schedule.goal is None and schedule.precision is None:
        return schedule.blocks
    least = schedule.blocks if schedule.goal else max(schedule.blocks, PILOT_BLOCKS)
    if done < least:
        return least
    group = next(group for group in analyse(plan, outcomes).groups if group.name == name)
    if schedule.goal is None:
        return done if _is_precise(group, schedule) or done >= schedule.most_blocks else done + 1
    measured = [m for result in group.cases for m in result.measurements]
    looks = settled(schedule, measured).looks
    return done + 1 if looks and goes_on(group, schedule, looks, block_seconds(measured)) else done


def _is_precise(group: GroupResult, schedule: Schedule) -> bool:
    ratios = [result.comparison.ratio for result in group.candidates if result.comparison and result.comparison.ratio]
    return schedule.precision is None or all(ratio.half_width <= schedule.precision for ratio in ratios)


def short_of_goal(plan: Plan, outcomes: Sequence[Outcome], folder: Path) -> str:
    """What a run says whose ceiling came before its goal; else ''."""
    schedule = plan.schedule
    results = [result for group in analyse(plan, outcomes).groups for result in unanswered(group, schedule)]
    if not schedule.goal or not results:
        return ""
    names = ", ".join(dict.fromkeys(result.title for result in results))
    more = f"for more repetitions, type: cifar-bench run --resume {folder} --blocks {schedule.blocks}"
    return f"the ceiling came before the answer to within {schedule.goal:.0%}, for {names}; {more}"
