"""The guess before the first block: what counts, what is said, and that it never promises what a budget forbids."""

import math
from dataclasses import replace
from typing import Any

import pytest
from builders import SCHEDULE, a_group, a_plan

from bench.records.choices import Options
from bench.records.run import Plan
from bench.runner import eta, plan
from cifar_core.cifar10 import SYNTHETIC

STANDARD = plan.schedule(Options())
A_BLOCK_S = eta.block_s(5, STANDARD, 2)


def a_standard_plan(sizes: str = "64", **options: Any) -> Plan:
    return plan.make(Options(batch_sizes=sizes, **options), SYNTHETIC)


def test_more_cores_help_loading_alone_and_no_more_of_them_than_there_are_cases() -> None:
    saved = eta.block_s(5, STANDARD, 1) - eta.block_s(5, STANDARD, 5)
    assert saved == pytest.approx(eta.LOAD_CPU_S * (5 - 1))
    assert eta.block_s(5, STANDARD, 5) == eta.block_s(5, STANDARD, 64)


def test_slices_count_by_rounds_and_cases() -> None:
    twice = eta.block_s(5, replace(STANDARD, rounds=2 * STANDARD.rounds), 2)
    assert twice - eta.block_s(5, STANDARD, 2) == pytest.approx(5 * STANDARD.rounds * STANDARD.slice_s)


def test_the_line_counts_repetitions_groups_and_configurations_and_names_the_goal() -> None:
    said, about = eta.foretell(a_standard_plan("1,8,64,256"), set(), 2, math.inf), eta.duration(24 * A_BLOCK_S)
    assert said == (
        f"plan: at least 6 repetitions x 4 groups x 5 configurations, about {about} (a guess until the first "
        "repetition is done); then more until every speedup is known to +-3%, at most about 5 min (or 6 repetitions, "
        "if they take longer) for each group"
    )
    fixed = eta.foretell(a_standard_plan(blocks=7), set(), 2, math.inf)
    assert fixed.startswith(f"plan: 7 repetitions x 5 configurations, about {eta.duration(7 * A_BLOCK_S)} (a guess")


def test_a_limit_does_not_promise_what_the_fewest_repetitions_may_break() -> None:
    said = eta.at_most(a_standard_plan(), math.inf)
    assert said == "at most about 5 min (or 6 repetitions, if they take longer)"
    assert eta.at_most(a_standard_plan(blocks=7), math.inf) == ""


def test_a_budget_below_the_guess_says_how_many_repetitions_it_leaves() -> None:
    planned = a_standard_plan("1,8,64,256", blocks=7)
    assert (
        eta.foretell(planned, set(), 2, 9 * A_BLOCK_S)
        .splitlines()[1]
        .endswith("leaves room for about 2 of 7 repetitions of every configuration")
    )
    assert "leaves room for the first repetition only" in eta.foretell(planned, set(), 2, 3 * A_BLOCK_S)
    assert "budget" not in eta.foretell(planned, set(), 2, 3600)


def test_a_target_for_intervals_is_at_least_the_repetitions_after_which_a_run_may_stop() -> None:
    said = eta.foretell(a_standard_plan(preset="quick", target_ci="2%"), set(), 2, math.inf)
    assert said.startswith("plan: at least 12 repetitions x 5 configurations, about ")
    assert "until each interval is within 2.0%" in said


def test_what_is_measured_already_does_not_count_but_half_a_block_does() -> None:
    planned = a_plan(a_group(("eager", "function")), schedule=SCHEDULE)
    first, *others = planned.cases
    half, whole = {(first.key, 0)}, {(case.key, 0) for case in planned.cases}
    assert eta.foretell(planned, half, 2, math.inf) == eta.foretell(planned, set(), 2, math.inf)
    assert "2 repetitions x 3 configurations, 1 of 2 done" in eta.foretell(planned, whole, 2, math.inf)
    assert eta.foretell(planned, whole | {(case.key, 1) for case in (first, *others)}, 2, math.inf) == ""


def test_only_the_blocks_that_are_left_take_time() -> None:
    planned = a_standard_plan("8,64")
    eight = {(case.key, block) for case in planned.cases if case.workload.batch_size == 8 for block in range(3)}
    left = eta.duration(9 * A_BLOCK_S)
    assert f"3 of 12 done, about {left} (" in eta.foretell(planned, eight, 2, math.inf)


@pytest.mark.parametrize(("seconds", "said"), [(45.4, "45 s"), (90, "2 min"), (754, "13 min"), (5500, "1.5 h")])
def test_durations_are_short(seconds: float, said: str) -> None:
    assert eta.duration(seconds) == said
