"""The second interval of a speedup: for its long-run value on this machine, beyond the run that was made.

Unchanged runs differ by more than the spread of their blocks shows: other addresses, other neighbours, another hour. So
the variance from run to run, tau squared, is added to that of the run itself.
"""

import math
from collections.abc import Sequence

from scipy import special

from bench.analysis.stats.ratios import ALPHA, MOST, Summary
from bench.records.spread import Spread

# Pooled over twelve unchanged runs of two models in two hours on a shared 2-core machine (results/sample-series-cpu).
# Each model's two comparisons share a baseline, so they count once: five degrees of freedom a model.
ASSUMED = Spread(0.025, 10.0, "assumed")
SAME_GRAPH = Spread(0.014, 4.0, "assumed")  # of two modes that run the same graph: from five earlier runs
NO_SPREAD = Spread(0.0, 1.0, "none: both were measured in the same rounds")


def over_time(this_run: Summary, spread: Spread) -> tuple[Summary, float | None]:
    """The interval for the long-run value, and the two-sided p-value of "no difference" that agrees with it.

    The run's own squared error is taken from its interval's half-width, so that it carries the price of looking; the
    degrees of freedom of the sum are Satterthwaite's (Biometrics Bulletin 2, 1946). Where few blocks would make the
    sum's interval the narrower one, the run's own stands for both.
    """
    if this_run.low is None or this_run.high is None:
        return this_run, None
    own = squared_error(this_run)
    both = pooled([own, (spread.tau**2, spread.nu)]) if spread.tau else own
    wider = max(own, both, key=lambda part: _quantile(part[1]) * math.sqrt(part[0]))
    return interval(this_run.centre, *wider, this_run.n), p_value_of(math.log(this_run.centre), *wider)


Part = tuple[float, float]  # of an error's variance, with its degrees of freedom


def squared_error(this_run: Summary) -> Part:
    """The squared standard error of a run's log speedup, looks included, and its degrees of freedom."""
    assert this_run.high
    half, freedom = math.log(this_run.high / this_run.centre), float(this_run.n - 1)
    return (half / _quantile(freedom)) ** 2, freedom


def pooled(parts: Sequence[Part]) -> Part:
    """The sum of independent variances, with Satterthwaite's degrees of freedom."""
    total = math.fsum(variance for variance, _ in parts)
    shares = math.fsum(variance**2 / freedom for variance, freedom in parts)
    return total, total**2 / shares if shares else min(freedom for _, freedom in parts)


def interval(centre: float, variance: float, freedom: float, n: int) -> Summary:
    """A ratio with its 95 % interval, from the variance of its logarithm."""
    half = _quantile(freedom) * math.sqrt(variance)
    return Summary(centre, centre * math.exp(-half), centre * math.exp(min(half, MOST)), n)


def p_value_of(difference: float, variance: float, freedom: float) -> float:
    """The two-sided p-value of no difference of logarithms."""
    if variance == 0:
        return 1.0 if difference == 0 else 0.0
    return 2 * float(special.stdtr(freedom, -abs(difference) / math.sqrt(variance)))


def _quantile(freedom: float) -> float:
    return float(special.stdtrit(freedom, 1 - ALPHA / 2))
