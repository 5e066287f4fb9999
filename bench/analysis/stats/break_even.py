"""Break-even: after how many steps a mode's longer start-up is recovered."""

import math
import statistics
from collections.abc import Sequence

from scipy import special

from bench.analysis.stats.over_time import over_time
from bench.analysis.stats.ratios import ALPHA, MOST, BreakEven, Comparison, Summary
from bench.records.spread import Spread


def break_even(extra_s: Sequence[float], saved_s: Sequence[float], comparison: Comparison) -> BreakEven:
    """Mean extra start-up time over mean time saved a step, both in seconds by block, with an interval for the machine.

    For a mode that was found faster; a slower one never breaks even (see analyse.py). The interval is the jackknife's
    (Efron and Tibshirani 1993, chapter 11) on the logarithm, with Student's quantile and the run-to-run spread.
    """
    rough = comparison.rough
    if max(extra_s) <= 0:
        return BreakEven(None, "at once", rough)
    n, centre = len(extra_s), statistics.fmean(extra_s) / statistics.fmean(saved_s)
    if n < 2:
        return BreakEven(Summary(centre, None, None, n), "", rough)
    left_out = [
        (math.fsum(extra_s) - extra, math.fsum(saved_s) - saved) for extra, saved in zip(extra_s, saved_s, strict=True)
    ]
    if min(min(pair) for pair in left_out) <= 0:
        return BreakEven(None, "uncertain: repetitions disagree", rough)
    logs = [math.log(extra / saved) for extra, saved in left_out]
    half = float(special.stdtrit(n - 1, 1 - ALPHA / 2)) * math.sqrt(n - 1) * statistics.pstdev(logs)
    this_run = Summary(centre, centre * math.exp(-half), centre * math.exp(min(half, MOST)), n)
    return BreakEven(over_time(this_run, _of_savings(comparison))[0], "", rough)


def _of_savings(comparison: Comparison) -> Spread:
    """The run-to-run spread of the time saved a step: that of the speedup r, times 1 / (r - 1).

    A step saves 1 - 1/r of the baseline's, so a small change of r near 1 changes what is saved by much.
    """
    assert comparison.ratio and comparison.spread
    spread, gain = comparison.spread, abs(comparison.ratio.centre - 1)
    return Spread(spread.tau / gain, spread.nu, spread.source)
