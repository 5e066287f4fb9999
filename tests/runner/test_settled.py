"""What a group's blocks so far settle for the next: steps, rounds, looks."""

from dataclasses import replace

import pytest
from builders import SCHEDULE, a_case, a_group, a_measurement

from bench.records.run import MOST_BLOCKS, Looks, Measurement
from bench.runner.settled import block_seconds, looks_of, settled, settled_steps

CASES = a_group(("eager", "function"))
STANDARD = replace(SCHEDULE, blocks=6, goal=0.03, ceiling_s=300.0, rounds=6, rounds_by_noise=True, slice_s=0.1)


def measured(block: int, rounds: int = 12, looks: Looks | None = None, seconds: float = 10.0) -> list[Measurement]:
    schedule = replace(STANDARD, rounds=rounds, rounds_by_noise=False, looks=looks)
    steps_s = (0.02, 0.021, 0.01)
    return [
        a_measurement(case, block, step_s, schedule=schedule, elapsed_s=seconds + number)
        for number, (case, step_s) in enumerate(zip(CASES, steps_s, strict=True))
    ]


def test_nothing_is_settled_before_the_first_block() -> None:
    assert settled(STANDARD, []) == STANDARD
    assert settled_steps(STANDARD, CASES, []) == {}


def test_the_first_block_settles_the_rounds_and_the_steps() -> None:
    first = measured(0)
    assert settled(STANDARD, first) == replace(STANDARD, rounds=12, rounds_by_noise=False)
    steps = settled_steps(STANDARD, CASES, [*first, *measured(1)])
    assert list(steps.values()) == [5, 5, 10]  # the A/A control's are the baseline's, whatever its own time


def test_a_case_that_failed_in_the_first_block_is_left_to_the_next_ones_warm_up() -> None:
    assert list(settled_steps(STANDARD, CASES, measured(0)[:2])) == [CASES[0].key, CASES[1].key]
    assert settled_steps(STANDARD, CASES, measured(0)[1:]) == {}
    later = [*measured(0)[1:], *measured(1)]
    assert len(settled_steps(STANDARD, CASES, later)) == 3  # the first block with the baseline in it


def test_the_looks_that_are_kept_are_not_counted_anew() -> None:
    looks = Looks(6, 29)
    kept = [*measured(0), *measured(1), *measured(2, looks=looks)]
    assert settled(STANDARD, kept).looks == looks
    assert settled(STANDARD, kept[:6]).looks == looks_of(STANDARD, [12.0, 12.0])


def test_steps_a_slice_that_the_plan_sets_hold_for_all() -> None:
    one = replace(STANDARD, steps_per_slice=1)
    assert set(settled_steps(one, CASES, measured(0)).values()) == {1}


def test_a_case_with_many_steps_a_call_is_settled_in_whole_calls() -> None:
    loop = replace(a_case("function_loop"), steps_per_call=8)
    schedule = replace(STANDARD, rounds=6)
    beside = [*measured(0), a_measurement(loop, 0, 0.01, schedule=schedule)]
    assert settled_steps(STANDARD, [*CASES, loop], beside)[loop.key] % 8 == 0


@pytest.mark.parametrize(
    ("seconds", "last"),
    [([12.0, 6.0], 2 + 47), ([12.0, 6.0, 60.0], 2 + 47), ([200.0, 150.0], 6), ([0.0, 0.0], MOST_BLOCKS)],
)
def test_the_ceiling_in_blocks_is_fixed_by_the_first_two(seconds: list[float], last: int) -> None:
    assert looks_of(STANDARD, seconds) == Looks(6, last)


def test_without_a_goal_or_before_the_second_block_there_are_no_looks() -> None:
    assert looks_of(STANDARD, [12.0]) is None
    assert looks_of(replace(STANDARD, goal=None), [12.0, 6.0]) is None


def test_a_block_takes_as_long_as_its_last_case() -> None:
    measured = [
        a_measurement(CASES[number], block, elapsed_s=10.0 * block + number) for block in (0, 1) for number in (0, 2)
    ]
    assert block_seconds(measured) == [2.0, 12.0]
