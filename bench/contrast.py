"""Two independent samples of blocks -> Comparison: what changed between runs that did not take turns.

Leaves out runs and cases (compare.py), and the arithmetic inside one run (stats.py).
"""

import math
import statistics
from collections.abc import Sequence

from scipy import special

from bench.stats import ALPHA, ENOUGH_BLOCKS, Comparison, Summary, holm, judge

Logs = Sequence[float]


def contrast(before: Logs, after: Logs) -> tuple[Summary, float | None]:
    """exp(mean after - mean before) with Welch's 95 % interval, and the p-value of no difference.

    Samples are logarithms, one a block; variances may differ (Welch 1947, Satterthwaite's degrees of freedom). A run
    of one block has no spread, and gives no interval.
    """
    n, difference = min(len(before), len(after)), statistics.fmean(after) - statistics.fmean(before)
    if n < 2:
        return Summary(math.exp(difference), None, None, n), None
    parts = [statistics.variance(sample) / len(sample) for sample in (before, after)]
    error = math.sqrt(sum(parts))
    if error == 0:
        same = math.exp(difference)
        return Summary(same, same, same, n), 1.0 if difference == 0 else 0.0
    freedom = sum(parts) ** 2 / sum(
        part**2 / (len(sample) - 1) for part, sample in zip(parts, (before, after), strict=True)
    )
    half = float(special.stdtrit(freedom, 1 - ALPHA / 2)) * error
    p = 2 * float(special.stdtr(freedom, -abs(difference) / error))
    return Summary(math.exp(difference), math.exp(difference - half), math.exp(difference + half), n), p


def compare_independent(family: Sequence[tuple[Logs, Logs, float]]) -> list[Comparison]:
    """Judge a family of pairs of samples (before, after, noise floor) together, with Holm's correction."""
    contrasts = [contrast(before, after) for before, after, _ in family]
    corrected = holm([p for _, p in contrasts])
    comparisons = []
    for (_, _, floor), (ratio, _), p in zip(family, contrasts, corrected, strict=True):
        verdict, reason = judge(ratio, floor, p)
        few = () if ratio.n >= ENOUGH_BLOCKS else (f"{ratio.n} of the {ENOUGH_BLOCKS} blocks that a claim needs",)
        comparisons.append(Comparison(ratio, verdict, p, reason, few))
    return comparisons
