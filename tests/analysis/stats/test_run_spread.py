"""The spread from run to run: from how many earlier runs it is taken, and what it comes to."""

import math
import statistics

import pytest

from bench.analysis.stats.over_time import ASSUMED
from bench.analysis.stats.run_spread import RunMean, spread_of

MEANS = (0.66, 0.645, 0.665, 0.65, 0.64, 0.66)


def runs(means: tuple[float, ...], every_s: float, squared_error: float = 0.005**2) -> list[RunMean]:
    return [RunMean(mean, squared_error, 1e9 + every_s * number) for number, mean in enumerate(means)]


def test_six_runs_over_two_hours_are_the_machines_own() -> None:
    spread = spread_of(runs(MEANS, 1500.0))
    assert spread.tau == pytest.approx(math.sqrt(statistics.variance(MEANS) - 0.005**2))
    assert (spread.nu, spread.runs, spread.source) == (5.0, 6, "measured over 6 runs here")


def test_what_the_blocks_explain_is_taken_off_down_to_a_floor() -> None:
    assert spread_of(runs(MEANS, 1500.0, squared_error=1.0)).tau == pytest.approx(0.003)


@pytest.mark.parametrize(
    "few",
    [runs(MEANS, 900.0), runs(MEANS[:5], 3600.0)],
    ids=["six within 75 minutes", "five over hours"],
)
def test_fewer_runs_or_hours_may_raise_what_is_assumed_and_never_lower_it(few: list[RunMean]) -> None:
    spread = spread_of(few)
    assert spread.tau == pytest.approx(ASSUMED.tau)
    wild = [RunMean(4 * run.mean, run.squared_error, run.began) for run in few]
    raised = spread_of(wild)
    assert raised.tau > ASSUMED.tau
    assert raised.nu == ASSUMED.nu + len(few) - 1
    tau2 = statistics.variance([run.mean for run in wild]) - 0.005**2
    assert raised.tau**2 == pytest.approx(((len(few) - 1) * tau2 + 10 * 0.025**2) / raised.nu)


def test_runs_that_began_together_count_once_and_one_run_says_nothing() -> None:
    assert spread_of(runs(MEANS, 60.0)) == ASSUMED
    assert spread_of(runs(MEANS[:1], 60.0)) == ASSUMED
    assert spread_of([]) == ASSUMED
    twice = [*runs(MEANS, 1500.0), *runs(tuple(mean + 1 for mean in MEANS), 1500.0)]
    assert spread_of(twice).runs == 6
