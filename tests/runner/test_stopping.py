"""When a group stops, from made-up measurements whose ratios are known."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from builders import SCHEDULE, a_group, a_measurement, a_plan

from bench.analysis.analyse import analyse
from bench.analysis.results import GroupResult
from bench.records.case import Case
from bench.records.run import Looks, Measurement, Outcome, Samples
from bench.runner.stopping import answered, goes_on

STANDARD = replace(SCHEDULE, blocks=6, goal=0.03, ceiling_s=300.0)
CASES = a_group(("eager", "function"))
LOOKS = Looks(6, 30)


def a_slice_of(case: Case, block: int, seconds: float) -> Measurement:
    schedule = replace(STANDARD, looks=LOOKS) if block > 1 else STANDARD
    return a_measurement(case, block, steady=Samples((seconds,) * 3, 1), schedule=schedule)


def group_of(speedups: Sequence[float], looks: Looks = LOOKS) -> GroupResult:
    """One group whose candidate has these speedups, block by block; the baseline always takes 0.1 s."""
    baseline, again, candidate = CASES
    measured = [
        measurement
        for block, speedup in enumerate(speedups)
        for measurement in (
            a_slice_of(baseline, block, 0.1), a_slice_of(again, block, 0.1), a_slice_of(candidate, block, 0.1 / speedup)
        )
    ]  # fmt: skip
    looked = [replace(m, schedule=replace(m.schedule, looks=m.schedule.looks and looks)) for m in measured]
    plan = a_plan(CASES, schedule=STANDARD)
    (group,) = analyse(plan, [Outcome(measurement=m) for m in looked]).groups
    return group


def around(speedup: float, sd: float, blocks: int = 6) -> list[float]:
    return [speedup * math.exp(sd * (-1) ** block) for block in range(blocks)]


@pytest.mark.parametrize(
    ("speedups", "is_answered"),
    [
        (around(1.9, 0.005), True),  # faster, and known to 1 %
        (around(1.9, 0.05), False),  # faster without doubt, but only known to 8 %
        (around(1.0, 0.005), True),  # the same within 3 %
        (around(1.02, 0.012), False),  # narrow enough, yet neither different nor the same
        (around(0.9, 0.005), True),
        ([1.9], False),
    ],
)
def test_a_comparison_is_answered_by_a_narrow_interval_that_says_something(
    speedups: list[float], is_answered: bool
) -> None:
    assert answered(group_of(speedups), STANDARD) is is_answered


def test_what_many_looks_cost_is_in_the_interval() -> None:
    """The same blocks answer a run that may look once, and not one that may look a hundred times."""
    blocks = around(1.9, 0.021)
    assert answered(group_of(blocks, Looks(6, 6)), STANDARD)
    assert not answered(group_of(blocks, Looks(6, 100)), STANDARD)


def test_a_group_goes_on_until_it_is_answered_or_its_looks_or_seconds_are_used_up() -> None:
    narrow, wide = group_of(around(1.9, 0.005)), group_of(around(1.9, 0.05))
    assert not goes_on(narrow, STANDARD, LOOKS, [10.0] * 6)
    assert goes_on(wide, STANDARD, LOOKS, [10.0] * 6)
    assert not goes_on(wide, STANDARD, Looks(6, 6), [10.0] * 6)
    assert not goes_on(wide, STANDARD, LOOKS, [45.0] * 6)  # one more would end after 315 s


def test_a_group_with_nothing_to_compare_is_answered() -> None:
    (group,) = analyse(a_plan(a_group(("eager",)), schedule=STANDARD), []).groups
    assert answered(group, STANDARD)


def test_a_very_slow_mode_is_answered_once_it_is_surely_slower() -> None:
    """It takes part in every second block, and nobody needs its ratio to 3 %."""
    baseline, again, candidate = a_group(("eager", "xla_loop"))
    outcomes = [
        Outcome(measurement=a_slice_of(case, block, 0.1)) for block in range(6) for case in (baseline, again)
    ] + [Outcome(measurement=a_slice_of(candidate, block, 2.0 + 0.2 * block)) for block in (0, 2, 4)]
    (group,) = analyse(a_plan((baseline, again, candidate), schedule=STANDARD), outcomes).groups
    (result,) = group.candidates
    assert result.skipped_blocks == 3
    assert answered(group, STANDARD)
