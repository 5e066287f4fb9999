"""What the blocks of a group so far have settled for the next: the steps of slices, the rounds, the looks."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bench.analysis.metrics import step_s
from bench.records.case import Case
from bench.records.run import MOST_BLOCKS, Looks, Measurement, Schedule
from bench.runner.durations import Pace, equally_long

SETTLING_BLOCKS = 2  # after which the looks are fixed: the first takes longer than any other, for what is done once


def settled(schedule: Schedule, measured: Sequence[Measurement]) -> Schedule:
    """The schedule of a group's next block, whose cases were measured so far. Its steps are each case's own.

    What stands in a measurement counts; so a run that goes on later, or elsewhere, goes on by the same rule.
    """
    rounds = next((m.schedule.rounds for m in measured if schedule.rounds_by_noise), None)
    looks = next((m.schedule.looks for m in measured if m.schedule.looks), None)
    return replace(
        schedule,
        rounds=rounds or schedule.rounds,
        rounds_by_noise=schedule.rounds_by_noise and not rounds,
        looks=looks or looks_of(schedule, block_seconds(measured)),
    )


def settled_steps(schedule: Schedule, group: Sequence[Case], measured: Sequence[Measurement]) -> dict[str, int]:
    """The steps of a slice by the case's key, from the slices of the first block that the baseline was measured in.

    They tell a step's time better than a warm-up. A case that is not in them is left to the next block's warm-up.
    """
    if schedule.steps_per_slice:
        return {case.key: schedule.steps_per_slice for case in group}
    first = next((m.block for m in measured if m.case == group[0]), None)
    beside = [m for case in group for m in measured if m.case == case and m.block == first]
    if not beside:
        return {}
    paces = [Pace(step_s(m), m.case.steps_per_call or 1) for m in beside]
    steps = equally_long(paces, schedule.slice_s)
    own = {m.case.key: count for m, count in zip(beside, steps, strict=True)}
    return own | {m.case.key: steps[0] for m in beside if m.case.is_like(group[0])}


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
