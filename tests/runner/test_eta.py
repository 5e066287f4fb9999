"""The guess before the first block: what counts, what is said, and that it never promises what a budget forbids."""

import math
from dataclasses import replace

import pytest
from builders import SCHEDULE, a_group, a_plan

from bench.records.choices import Options
from bench.records.run import Plan
from bench.runner import eta, plan
from cifar_core.cifar10 import SYNTHETIC

STANDARD = plan.schedule(Options())


def a_standard_plan(sizes: str = "64", **options: str) -> Plan:
    return plan.make(Options(batch_sizes=sizes, **options), SYNTHETIC)


def test_a_block_of_the_standard_preset_is_guessed_as_it_was_measured_on_two_cores() -> None:
    assert 25 < eta.block_s(5, STANDARD, 2) < 40
    assert 55 < eta.block_s(12, STANDARD, 2) < 85


def test_more_cores_help_loading_alone_and_no_more_of_them_than_there_are_cases() -> None:
    saved = eta.block_s(5, STANDARD, 1) - eta.block_s(5, STANDARD, 5)
    assert saved == pytest.approx(eta.LOAD_CPU_S * (5 - 1))
    assert eta.block_s(5, STANDARD, 5) == eta.block_s(5, STANDARD, 64)


def test_slices_count_by_rounds_and_cases() -> None:
    twice = eta.block_s(5, replace(STANDARD, rounds=2 * STANDARD.rounds), 2)
    assert twice - eta.block_s(5, STANDARD, 2) == pytest.approx(5 * STANDARD.rounds * STANDARD.slice_s)


def test_the_line_counts_blocks_groups_and_cases() -> None:
    said = eta.foretell(a_standard_plan("1,8,64,256"), set(), 2, math.inf)
    assert said == "plan: 7 blocks x 4 groups x 5 cases, about 13 min (a guess until the first block is done)"
    assert eta.foretell(a_standard_plan(), set(), 2, math.inf).startswith("plan: 7 blocks x 5 cases, about 3 min")


def test_a_budget_below_the_guess_says_how_many_blocks_it_leaves() -> None:
    planned = a_standard_plan("1,8,64,256")
    assert eta.foretell(planned, set(), 2, 300).splitlines()[1] == (
        "the budget of 5 min leaves room for about 2 of 7 blocks; every case is measured in each"
    )
    assert "leaves room for the first block only" in eta.foretell(planned, set(), 2, 60)
    assert "budget" not in eta.foretell(planned, set(), 2, 3600)


def test_a_precision_is_at_least_the_blocks_after_which_a_run_may_stop() -> None:
    said = eta.foretell(a_standard_plan(preset="quick", precision="2%"), set(), 2, math.inf)
    assert said.startswith("plan: at least 12 blocks x 5 cases, about ")
    assert "until each interval is within 2.0%" in said


def test_what_is_measured_already_does_not_count_but_half_a_block_does() -> None:
    planned = a_plan(a_group(("eager", "function")), schedule=SCHEDULE)
    first, *others = planned.cases
    half, whole = {(first.key, 0)}, {(case.key, 0) for case in planned.cases}
    assert eta.foretell(planned, half, 2, math.inf) == eta.foretell(planned, set(), 2, math.inf)
    assert "2 blocks x 3 cases, 1 of 2 done" in eta.foretell(planned, whole, 2, math.inf)
    assert eta.foretell(planned, whole | {(case.key, 1) for case in (first, *others)}, 2, math.inf) == ""


def test_only_the_blocks_that_are_left_take_time() -> None:
    planned = a_standard_plan("8,64")
    eight = {(case.key, block) for case in planned.cases if case.workload.batch_size == 8 for block in range(3)}
    left = eta.duration(11 * eta.block_s(5, STANDARD, 2))
    assert f"3 of 14 done, about {left} (" in eta.foretell(planned, eight, 2, math.inf)


@pytest.mark.parametrize(("seconds", "said"), [(45.4, "45 s"), (90, "2 min"), (754, "13 min"), (5500, "1.5 h")])
def test_durations_are_short(seconds: float, said: str) -> None:
    assert eta.duration(seconds) == said
