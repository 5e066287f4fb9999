"""How many rounds a block needs: few where slices hardly vary, more where something else runs on the machine.

A block costs its start and its slices. The noisier slices are, the longer a block pays that has been started. Only
the spread is looked at here, never a ratio, so that the tests stay valid.
"""

import math
import statistics
from collections.abc import Sequence

MEDIAN = 1.25  # a median's standard error over a mean's, of normal values
# The error that six rounds leave, up to which so many rounds are enough: from simulated machines and replayed
# recordings; the cost of a run is flat around it.
ENOUGH = ((0.012, 6), (0.045, 12), (math.inf, 24))

Slices = Sequence[float]  # seconds of a case's slices, round by round


def error(baselines: Sequence[Slices], candidates: Sequence[Slices]) -> float:
    """The standard error of a block's log speedup that the spread within these rounds gives: the noisiest candidate's.

    A candidate is compared with the mean of the baselines, round by round. 0 where there is nothing to compare.
    """
    return max((_error(baselines, candidate) for candidate in candidates if len(candidate) > 1), default=0.0)


def _error(baselines: Sequence[Slices], candidate: Slices) -> float:
    differences = [
        statistics.fmean(map(math.log, baselines_s)) - math.log(candidate_s)
        for *baselines_s, candidate_s in zip(*baselines, candidate, strict=True)
    ]
    return MEDIAN * statistics.stdev(differences) / math.sqrt(len(differences))


def rounds_for(error_of_six: float) -> int:
    """The rounds of a block where the first six leave this error."""
    return next(rounds for most, rounds in ENOUGH if error_of_six <= most)


def affordable(wanted: int, taken: int, taken_s: float, left_s: float) -> int:
    """As many of the wanted rounds as fit in the seconds left to a block, given what those taken took; never fewer.

    On a machine so busy that they do not all fit, more blocks of fewer rounds answer sooner than a ceiling is missed.
    """
    return max(taken, min(wanted, taken + int(max(0.0, left_s) / max(taken_s / taken, 1e-6))))
