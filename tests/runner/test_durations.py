"""How many steps a slice of each case has: equally long slices, within what whole steps and whole calls allow."""

import pytest

from bench.runner.durations import FEWEST, LONGEST, OFF, Pace, equally_long


def durations(paces: list[Pace], steps: list[int]) -> list[float]:
    return [pace.step_s * count for pace, count in zip(paces, steps, strict=True)]


@pytest.mark.parametrize(
    "steps_s", [(0.001, 0.0003), (0.057, 0.029, 0.031, 0.072), (0.02, 0.0025), (0.005, 0.035), (0.05, 0.05)]
)
def test_slices_take_equally_long_and_have_steps_enough(steps_s: tuple[float, ...]) -> None:
    paces = [Pace(step_s) for step_s in steps_s]
    steps = equally_long(paces, 0.1)
    assert min(steps) >= FEWEST
    baseline_s, *others_s = durations(paces, steps)
    assert 0.05 <= baseline_s <= 0.1 * LONGEST
    assert all(abs(other_s / baseline_s - 1) <= OFF for other_s in others_s)


def test_short_steps_fill_the_duration_that_was_asked_for() -> None:
    assert equally_long([Pace(0.001), Pace(0.0005)], 0.1) == [100, 200]


def test_a_slice_is_lengthened_no_more_than_needed() -> None:
    """Two steps of 50 ms would do for the baseline alone; three of the other take 0.24 s."""
    assert equally_long([Pace(0.05), Pace(0.08)], 0.1) == [5, 3]


def test_long_steps_make_a_slice_of_three_and_no_more() -> None:
    assert equally_long([Pace(0.7), Pace(0.4)], 0.1) == [3, 5]


def test_a_very_slow_case_makes_no_others_slices_longer() -> None:
    without = equally_long([Pace(0.05), Pace(0.03)], 0.1)
    assert equally_long([Pace(0.05), Pace(0.03), Pace(1.6)], 0.1) == [*without, 1]


def test_what_would_take_too_long_is_given_up_for_the_others_sake() -> None:
    steps = equally_long([Pace(0.05), Pace(0.39)], 0.1)
    assert steps[0] * 0.05 <= 0.1 * LONGEST
    assert steps[1] in (1, 2)


def test_a_case_that_loops_inside_a_call_takes_whole_calls() -> None:
    assert equally_long([Pace(0.01), Pace(0.005, per_call=10)], 0.1) == [10, 20]
    assert equally_long([Pace(0.005, per_call=8), Pace(0.01)], 0.1)[0] % 8 == 0


def test_the_baselines_steps_may_be_settled_before() -> None:
    assert equally_long([Pace(0.02), Pace(0.01)], 0.1, baseline_steps=7) == [7, 14]
