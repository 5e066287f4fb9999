"""How long a run will take, guessed before its first block is done: from its plan and the cores alone.

The constants were measured on 2 cores of a server CPU with the tutorial CNN at batch 64. All slices take about as long
as the schedule says, whatever the model, so another model or batch size mostly changes the first steps and the warm-up.
How noisy the machine is, which decides on rounds and repetitions, is not foreseen, nor are very slow cases.
"""

import math
from collections.abc import Collection

from bench.analysis.stats.ratios import PILOT_BLOCKS
from bench.records.run import Plan, Schedule, groups

IMPORT_S = 5.0  # TensorFlow, once for a block's cases
LOAD_CPU_S = 0.5  # CPU time of a process until its batches are there; all load at once
FIRST_CALLS_S = 1.5  # building, the first step and the short loss curve, one case after the other; XLA takes 2 to 3
STEP_S = 0.05  # a step of the warm-up


def block_s(cases: int, schedule: Schedule, cores: float) -> float:
    """Seconds for one block of a group of so many cases."""
    loading = IMPORT_S + LOAD_CPU_S * cases / min(cores, cases)
    warm_up = cases * schedule.warmup_steps * STEP_S
    return loading + cases * FIRST_CALLS_S + warm_up + cases * schedule.rounds * schedule.slice_s


def foretell(plan: Plan, held: Collection[tuple[str, int]], cores: float, budget_s: float) -> str:
    """What the run is to measure and about how long that takes; '' where nothing is left to measure.

    `held`: the outcomes that are there, by their case's key and their block. `budget_s` may be infinite. With a goal,
    a run that holds its fewest blocks may go on or be over: the plan alone cannot say.
    """
    schedule, by_group = plan.schedule, groups(plan)
    blocks = max(schedule.blocks, PILOT_BLOCKS) if schedule.precision else schedule.blocks
    left = [
        cases
        for cases in by_group.values()
        for block in range(blocks)
        if any((case.key, block) not in held for case in cases)
    ]
    guess_s, whole = sum(block_s(len(cases), schedule, cores) for cases in left), blocks * len(by_group)
    if not left:
        return ""
    done = "" if len(left) == whole else f", {whole - len(left)} of {whole} done"
    lines = [f"plan: {_size(plan, blocks)}{done}, {_about(plan, guess_s)}"]
    if guess_s > budget_s:
        lines.append(f"the budget of {duration(budget_s)} leaves room for {_room(budget_s / guess_s, len(left), plan)}")
    return "\n".join(lines)


def at_most(plan: Plan, budget_s: float, most_blocks: int | None = None) -> str:
    """What limits a run whose repetitions depend on what they show; '' where their number is known."""
    schedule = plan.schedule
    if most_blocks is not None or not (schedule.goal or schedule.precision):
        return ""
    most_s = min(budget_s, schedule.ceiling_s * len(groups(plan)) if schedule.ceiling_s else math.inf)
    return _limit(schedule, most_s) if math.isfinite(most_s) else "until its goal is reached"


def _limit(schedule: Schedule, most_s: float) -> str:
    return f"at most about {duration(most_s)} (or {schedule.blocks} repetitions, if they take longer)"


def duration(seconds: float) -> str:
    """Two digits at most: '45 s', '12 min', '1.5 h'."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 90 * 60 else f"{seconds / 3600:.2g} h"


def _size(plan: Plan, blocks: int) -> str:
    by_group = groups(plan)
    cases = " or ".join(map(str, sorted({len(group) for group in by_group.values()})))
    in_groups = f"{len(by_group)} groups x " if len(by_group) > 1 else ""
    sizes = f"{blocks} repetition{'s' * (blocks != 1)} x {in_groups}{cases} configurations"
    return f"at least {sizes}" if plan.schedule.precision or plan.schedule.goal else sizes


def _about(plan: Plan, guess_s: float) -> str:
    schedule, guess = plan.schedule, "a guess until the first repetition is done"
    if schedule.goal and schedule.ceiling_s:
        each = " for each group" if len(groups(plan)) > 1 else ""
        until = f"then more until every speedup is known to +-{schedule.goal:.0%}"
        return f"about {duration(guess_s)} ({guess}); {until}, {_limit(schedule, schedule.ceiling_s)}{each}"
    more = f", until each interval is within {schedule.precision:.1%}" if schedule.precision else ""
    return f"about {duration(guess_s)}{more} ({guess})"


def _room(share: float, left: int, plan: Plan) -> str:
    blocks = left / len(groups(plan))
    if share * blocks < 1:
        return "the first repetition only, which is measured however long it takes"
    return f"about {math.floor(share * blocks)} of {math.ceil(blocks)} repetitions of every configuration"
