"""The statistics under every kind of noise: coverage, false positives, power, stopping; simulated from one seed.

The bounds are those that a run promises, widened by what so many simulated runs leave uncertain (3 standard errors).
"""

import math
import statistics

import numpy as np
import pytest

from bench.analysis.stats import characteristics, simulation
from bench.analysis.stats.characteristics import Characteristic
from bench.analysis.stats.ratios import PILOT_BLOCKS
from bench.analysis.stats.simulation import MACHINES, Machine

RUNS = 1000
SHARED = MACHINES[-1]


def widened(share: float, runs: int = RUNS) -> float:
    return 3 * math.sqrt(share * (1 - share) / runs)


@pytest.fixture(scope="module", params=MACHINES, ids=lambda machine: machine.title)
def characteristic(request: pytest.FixtureRequest) -> characteristics.Characteristic:
    return characteristics.characterise(request.param, RUNS)


def test_the_interval_holds_the_true_ratio_in_93_to_97_of_100_runs(
    characteristic: Characteristic,
) -> None:
    assert 0.93 - widened(0.93) < characteristic.covered < 0.97 + widened(0.97)


def test_two_that_are_the_same_are_called_different_in_at_most_5_of_100_runs(
    characteristic: Characteristic,
) -> None:
    assert characteristic.false_positives < 0.05 + widened(0.05)


def test_the_shared_machine_finds_3_percent_in_nine_of_ten_runs_and_naive_timing_calls_noise_a_difference() -> None:
    shared = characteristics.characterise(SHARED, RUNS)
    assert shared.detected > 0.90 - widened(0.90)
    assert shared.naive_false_positives > 0.3
    assert shared.naive_covered < 0.7


@pytest.mark.parametrize("goal", [0.02, 0.01, 0.007])
def test_stopping_by_precision_keeps_the_intervals_promise(goal: float) -> None:
    stopped = characteristics.stopped(SHARED, goal, 700)
    assert 0.93 - widened(0.93, 700) < stopped.covered < 0.97 + widened(0.97, 700)
    assert PILOT_BLOCKS <= stopped.blocks < characteristics.MOST_BLOCKS


@pytest.mark.slow
def test_stopping_as_early_as_six_blocks_would_not_keep_it() -> None:
    """So the rule is not idle: this is what PILOT_BLOCKS buys."""
    early = characteristics.stopped(SHARED, 0.01, 1000, first=6)
    assert early.covered < characteristics.stopped(SHARED, 0.01, 1000).covered


def test_the_median_of_paired_rounds_spreads_less_than_the_mean_of_all_slices_on_the_shared_machine() -> None:
    blocks = simulation.blocks(SHARED, np.random.default_rng(1), 1500, 24, 1.0)
    median, everything = (
        np.std([math.log(characteristics.simulated_block_ratio(block[1:], average)) for block in blocks])
        for average in (statistics.median, statistics.fmean)
    )
    assert 0.4 < median / everything < 0.8


def test_the_simulated_slices_carry_the_ratio_and_nothing_else_on_a_machine_without_noise() -> None:
    silent = Machine("silent", jitter=0.0)
    seconds = simulation.blocks(silent, np.random.default_rng(0), 2, 3, 2.0)
    assert seconds[:, :2] == pytest.approx(1.0)
    assert seconds[:, 2] == pytest.approx(0.5)
    naive = simulation.in_sequence(silent, np.random.default_rng(0), 2, 3, 2.0)
    assert naive[:, 1] == pytest.approx(0.5)


def test_drift_and_visits_hit_neighbouring_slots_alike() -> None:
    drifting = Machine("drift", drift=0.1, jitter=0.0)
    together = simulation.blocks(drifting, np.random.default_rng(0), 300, 24, 1.0)
    logs = np.log(together)
    assert np.corrcoef(logs[:, 0].mean(axis=1), logs[:, 1].mean(axis=1))[0, 1] > 0.95
    visited = Machine("visits", visits=0.3, visit=0.3, jitter=0.0)
    share = (simulation.blocks(visited, np.random.default_rng(0), 300, 24, 1.0) > 1).mean()
    assert share == pytest.approx(0.3, abs=0.03)
