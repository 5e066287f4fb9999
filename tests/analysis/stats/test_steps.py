"""Steps in a history are found at the right run, and none where there is none."""

import math

import numpy as np
import pytest

from bench.analysis.stats.simulated_histories import SPREAD, characterise_steps
from bench.analysis.stats.steps import WINDOW, find_steps, trend


def noise(runs: int, seed: int = 1) -> np.ndarray:
    return SPREAD * np.random.default_rng(seed).normal(size=runs)


def test_nine_in_ten_steps_of_5_per_cent_are_found_within_a_run_and_hardly_any_where_there_is_none() -> None:
    found = characterise_steps(histories=60)
    assert found.nearly >= 0.9
    assert found.covered >= 0.9
    assert found.false_alarms <= 0.05


def test_a_step_has_its_run_its_size_and_its_p_value() -> None:
    values = noise(60)
    values[40:] -= math.log(1.05)
    (step,) = find_steps(values.tolist())
    assert step.at == 40
    assert step.first <= 40 <= step.last
    assert step.ratio.low
    assert step.ratio.high
    assert step.ratio.low < 1 / 1.05 < step.ratio.high < 1
    assert step.p == 0.001


def test_a_step_up_and_back_is_two_steps() -> None:
    values = noise(60)
    values[20:40] += 0.08
    assert [step.at for step in find_steps(values.tolist())] == [20, 40]


def test_one_disturbed_run_is_no_step_and_hides_none() -> None:
    values = noise(60)
    values[30] -= 0.4
    assert find_steps(values.tolist()) == []
    values[45:] -= 0.05
    assert [step.at for step in find_steps(values.tolist())] == [45]


@pytest.mark.parametrize("values", [[], [0.1], [0.1] * 9, [0.0, 0.0, 0.0, 1.0, 1.0]])
def test_too_few_runs_or_equal_ones_have_no_step(values: list[float]) -> None:
    assert find_steps(values) == []


def test_steps_of_a_long_history_do_not_hide_each_other() -> None:
    values = noise(3 * WINDOW)
    for at in (130, 310, 480):
        values[at:] += 0.05 if at == 310 else -0.05
    found = [step.at for step in find_steps(values.tolist())]
    assert len(found) == 3
    assert all(abs(at - true) <= 1 for at, true in zip(found, (130, 310, 480), strict=True))


def test_the_trend_is_that_since_the_last_step() -> None:
    values = noise(60)
    values[30:] -= 0.05
    steps = find_steps(values.tolist())
    assert trend(values.tolist(), steps).runs == 60 - steps[0].at
    since = trend((noise(60) - 0.002 * np.arange(60)).tolist(), [])
    assert since.drift
    assert since.drift.high
    assert since.drift.high < 1
    alone = trend([0.1], [])
    assert (alone.runs, alone.drift, alone.level.low) == (1, None, None)
