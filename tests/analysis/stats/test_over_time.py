"""The interval over time: by hand, never narrower than this run's, and what it holds in simulation."""

import math

import numpy as np
import pytest
from scipy import special

from bench.analysis.stats.looks import first_interval
from bench.analysis.stats.over_time import ASSUMED, NO_SPREAD, over_time, pooled
from bench.analysis.stats.ratios import Summary
from bench.records.run import Looks
from bench.records.spread import Spread


def test_the_variances_add_and_the_degrees_of_freedom_are_satterthwaites() -> None:
    this_run = first_interval([0.65 + 0.02 * value for value in (-1.5, -0.5, 0.5, 1.5, -1.0, 1.0, 0.0, 0.0)])
    own = (0.02**2 * 7.0 / 7) / 8  # the values' variance is 1
    both = own + ASSUMED.tau**2
    freedom = both**2 / (own**2 / 7 + ASSUMED.tau**4 / ASSUMED.nu)
    second, p = over_time(this_run, ASSUMED)
    half = special.stdtrit(freedom, 0.975) * math.sqrt(both)
    assert (second.low, second.high) == pytest.approx((math.exp(0.65 - half), math.exp(0.65 + half)))
    assert p == pytest.approx(2 * special.stdtr(freedom, -0.65 / math.sqrt(both)))
    assert pooled([(0.0, 5.0)]) == (0.0, 5.0)


@pytest.mark.parametrize("tau", [0.0, 0.0001, 0.003, 0.014])
@pytest.mark.parametrize("looks", [None, Looks(2, 30)])
def test_it_is_never_narrower_than_this_runs(tau: float, looks: Looks | None) -> None:
    """With two blocks more degrees of freedom would make the sum's interval the narrower one."""
    for logs in ([0.1, 0.16], [0.1, 0.101, 0.099], [0.0] * 6):
        this_run = first_interval(logs, looks)
        second, p = over_time(this_run, Spread(tau, 100.0, "made up"))
        assert this_run.high
        assert second.high
        assert second.high >= this_run.high * (1 - 1e-12)
        assert p is not None
        assert second.low
        assert (p < 0.05) == (second.low > 1)


def test_without_spread_both_are_the_same_and_one_block_has_neither() -> None:
    this_run = first_interval([0.1, 0.12, 0.09, 0.11], Looks(3, 20))
    second, p = over_time(this_run, NO_SPREAD)
    assert (second.low, second.high) == pytest.approx((this_run.low, this_run.high))
    assert p is not None
    assert over_time(Summary(2.0, None, None, 1), ASSUMED) == (Summary(2.0, None, None, 1), None)


def test_the_long_run_value_is_held_where_the_runs_own_interval_loses_it() -> None:
    """Eight blocks of 2 %, runs that differ by 1.4 %, known as well as the assumed spread is: 4,000 machines."""
    rng = np.random.default_rng(8)
    held, lost = 0, 0
    for _ in range(4000):
        logs = rng.normal(0.014 * rng.normal(), 0.02, 8)
        known = Spread(0.014 * math.sqrt(rng.chisquare(4) / 4), 4.0, "of five runs")
        this_run = first_interval(logs.tolist())
        second, _ = over_time(this_run, known)
        held += second.low <= 1 <= second.high  # type: ignore[operator]
        lost += not this_run.low <= 1 <= this_run.high  # type: ignore[operator]
    assert 0.92 < held / 4000 < 0.97
    assert lost / 4000 > 0.2
