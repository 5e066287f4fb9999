"""The run-to-run spread of a comparison, estimated from unchanged runs of it."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from bench.analysis.stats.over_time import ASSUMED
from bench.records.spread import Spread

APART_S = 600.0  # runs that begin closer together share too much of the machine's state
OWN_RUNS, OWN_SPAN_S = 6, 7200.0  # so many over so long speak for themselves
LEAST_TAU = 0.003  # fewer than this no handful of runs can show


@dataclass(frozen=True, slots=True)
class RunMean:
    """One run's mean log speedup, its squared standard error over blocks, and when it began (seconds since 1970)."""

    mean: float
    squared_error: float
    began: float


def spread_of(runs: Sequence[RunMean]) -> Spread:
    """The spread from earlier runs: the machine's own from six over two hours, else what is assumed, or more.

    Runs that began less than ten minutes after another count for nothing. tau squared is the variance of the runs'
    means beyond what their blocks explain. Of two to five runs it is pooled with the assumed one, weighted by degrees
    of freedom, and taken where it is the larger: so few may show more spread than usual, never less.
    """
    used = _apart(runs)
    n = len(used)
    if n < 2:
        return ASSUMED
    explained = statistics.fmean(run.squared_error for run in used)
    tau2, nu = max(statistics.variance([run.mean for run in used]) - explained, LEAST_TAU**2), float(n - 1)
    if n >= OWN_RUNS and used[-1].began - used[0].began >= OWN_SPAN_S:
        return Spread(math.sqrt(tau2), nu, f"measured over {n} runs here", n)
    both = math.sqrt((nu * tau2 + ASSUMED.nu * ASSUMED.tau**2) / (nu + ASSUMED.nu))
    if both <= ASSUMED.tau:
        return Spread(ASSUMED.tau, ASSUMED.nu, f"assumed, as {n} runs here do not contradict it", n)
    return Spread(both, nu + ASSUMED.nu, f"assumed, and raised by {n} runs here", n)


def _apart(runs: Sequence[RunMean]) -> list[RunMean]:
    used: list[RunMean] = []
    for run in sorted(runs, key=lambda run: run.began):
        if not used or run.began - used[-1].began >= APART_S:
            used.append(run)
    return used
