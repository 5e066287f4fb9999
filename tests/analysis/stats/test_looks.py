"""Intervals that hold although the run looks after every block: the level, and what it buys, by simulation."""

import math

import numpy as np
import pytest
from scipy import special

from bench.analysis.stats.looks import LAST, LEVELS, first_interval, level
from bench.analysis.stats.ratios import summarise
from bench.records.run import Looks


@pytest.mark.parametrize(
    ("first", "last", "per_cent"),
    [(3, 12, 1.06), (3, 30, 0.63), (6, 12, 1.70), (6, 20, 1.09), (6, 40, 0.70), (6, 100, 0.47)],
)
def test_the_level_is_that_of_an_independent_simulation(first: int, last: int, per_cent: float) -> None:
    assert 100 * level(first, last) == pytest.approx(per_cent, rel=0.03)


def test_one_look_costs_nothing_and_each_more_lowers_the_level() -> None:
    assert level(6, 6) == pytest.approx(0.05)
    assert level(9, 4) == pytest.approx(0.05)  # a ceiling under the first look: there is one look
    for first in LEVELS:
        levels = [level(first, last) for last in range(first, 400)]
        assert levels == sorted(levels, reverse=True)
    assert level(6, 25) == pytest.approx(math.sqrt(level(6, 20) * level(6, 31)), rel=0.02)
    assert all(len(row) == len(LAST) - LAST.index(first) for first, row in LEVELS.items())


def test_looking_after_every_block_and_stopping_at_the_first_difference_is_wrong_in_5_percent_not_more() -> None:
    """20,000 runs without a difference, stopped where the interval first excludes 1; and so with plain intervals."""
    blocks = np.random.default_rng(5).normal(size=(20_000, 20))

    def called(alpha: float) -> float:
        excludes_1 = [_excludes_1(blocks[:, :n], alpha) for n in range(6, 21)]
        return float(np.any(excludes_1, axis=0).mean())

    assert 0.045 < called(level(6, 20)) < 0.055  # 5 % and 3 standard errors
    assert called(0.05) > 0.13


def _excludes_1(logs: np.ndarray, alpha: float) -> np.ndarray:
    n = logs.shape[1]
    reach = special.stdtrit(n - 1, 1 - alpha / 2) * logs.std(axis=1, ddof=1) / math.sqrt(n)
    return np.asarray(abs(logs.mean(axis=1)) > reach)


def test_without_looks_it_is_students_and_one_block_has_none() -> None:
    logs = [0.01, 0.03, 0.02, 0.05]
    plain = summarise([math.exp(value) for value in logs])
    assert first_interval(logs).half_width == pytest.approx(plain.half_width)
    assert first_interval(logs[:1], Looks(3, 12)).low is None


def test_a_run_cut_short_before_its_first_look_pays_for_the_look_that_the_cut_was() -> None:
    logs = [0.01, 0.03, 0.02, 0.05]
    assert first_interval(logs, Looks(6, 20)) == first_interval(logs, Looks(4, 20))
    assert first_interval(logs, Looks(6, 20)).half_width > first_interval(logs).half_width
