"""How many rounds a block gets, by the spread of its first slices alone."""

import math
import random

import pytest

from bench.runner.rounds import affordable, error, rounds_for


@pytest.mark.parametrize(("spread", "rounds"), [(0, 6), (0.012, 6), (0.0121, 12), (0.045, 12), (0.0451, 24), (9, 24)])
def test_noisier_slices_get_more_rounds(spread: float, rounds: int) -> None:
    assert rounds_for(spread) == rounds


def slices(mean_s: float, sd: float, count: int, seed: int) -> list[float]:
    rng = random.Random(seed)
    return [mean_s * math.exp(rng.gauss(0, sd)) for _ in range(count)]


def test_the_error_is_that_of_a_median_of_paired_differences() -> None:
    baselines = [slices(0.1, 0.04, 4000, 1), slices(0.1, 0.04, 4000, 2)]
    expected = 1.25 * 0.04 * math.sqrt(1 + 1 / 2) / math.sqrt(4000)
    assert error(baselines, [slices(0.05, 0.04, 4000, 3)]) == pytest.approx(expected, rel=0.05)


def test_what_slows_all_cases_of_a_round_alike_is_no_noise() -> None:
    busy = [1.0, 1.0, 3.0, 1.0, 2.0, 1.0]
    assert error([busy, busy], [[seconds / 2 for seconds in busy]]) == pytest.approx(0.0, abs=1e-12)


def test_the_noisiest_candidate_counts_and_the_speedup_itself_does_not() -> None:
    steady, other = [0.1] * 6, slices(0.1, 0.1, 6, 4)
    alone = error([steady], [other])
    assert alone > 0.01
    assert error([steady], [steady, other]) == alone
    assert error([steady], [[seconds / 7 for seconds in other]]) == pytest.approx(alone)


def test_without_a_candidate_there_is_no_noise() -> None:
    assert error([[0.1] * 6], []) == error([], []) == 0.0


@pytest.mark.parametrize(("left_s", "rounds"), [(100.0, 24), (9.0, 15), (0.5, 6), (-20.0, 6)])
def test_a_block_takes_no_more_rounds_than_its_share_of_the_ceiling_has_room_for(left_s: float, rounds: int) -> None:
    assert affordable(24, taken=6, taken_s=6.0, left_s=left_s) == rounds


def test_a_quiet_block_takes_no_more_rounds_than_it_needs() -> None:
    assert affordable(6, taken=6, taken_s=3.0, left_s=1000.0) == 6
