"""Tests between two runs: what changed from the blocks of one to the blocks of the other.

Runs whose blocks were interleaved are paired block by block. Runs made one after the other ran under different machine
conditions, which the spread of their blocks does not show.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from scipy import special

from bench.analysis.stats.ratios import (
    ALPHA,
    ENOUGH_BLOCKS,
    Comparison,
    Summary,
    decide_verdict,
    holm,
    p_value,
    summarise,
)

# Standard deviations from run to run, of five unchanged `thorough` runs within 45 minutes on a shared 2-core machine:
# of the logarithm of a speedup over the baseline, and of a step's time. Historical: their raw data was not kept
# (docs/methods.md).
SPEEDUP_BETWEEN_RUNS = 0.014
STEP_BETWEEN_RUNS = 0.05


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """The values of two runs that are compared: logarithms, one a block; more is faster.

    `interleaved`: the two runs' blocks alternated, so that blocks of the same number form a pair.
    `aa_difference`: a ratio of at least 1. `between`: standard deviation from run to run, for runs not interleaved.
    """

    before: Sequence[float]
    after: Sequence[float]
    interleaved: bool
    aa_difference: float = 1.0
    between: float = 0.0


def alternate(before: Sequence[float | None], after: Sequence[float | None]) -> bool:
    """Whether two runs' blocks, given when each began, were interleaved: each pair of blocks before the next pair."""
    pairs = [(a, b) for a, b in zip(before, after, strict=False) if a is not None and b is not None]
    if len(pairs) < max(2, len(before), len(after)):
        return False
    return all(max(pair) < min(following) for pair, following in pairwise(pairs))


def contrast(values: BeforeAfter) -> tuple[Summary, float | None]:
    """exp(mean after - mean before) with its 95 % interval, and the p-value of no difference.

    Interleaved: Student's interval over the blocks' differences. Else Welch's (Welch 1947, Satterthwaite's degrees of
    freedom), with the variance from run to run added to its error. A run of one block has no spread, so no interval.
    """
    if values.interleaved:
        differences = [after - before for before, after in zip(values.before, values.after, strict=True)]
        return summarise([math.exp(value) for value in differences]), p_value(differences)
    return _welch(values)


def _welch(values: BeforeAfter) -> tuple[Summary, float | None]:
    samples = (values.before, values.after)
    n, difference = min(map(len, samples)), statistics.fmean(values.after) - statistics.fmean(values.before)
    if n < 2:
        return Summary(math.exp(difference), None, None, n), None
    parts = [statistics.variance(sample) / len(sample) for sample in samples]
    error = math.sqrt(sum(parts) + 2 * values.between**2)
    if error == 0:
        same = math.exp(difference)
        return Summary(same, same, same, n), 1.0 if difference == 0 else 0.0
    shares = [part**2 / (len(sample) - 1) for part, sample in zip(parts, samples, strict=True)]
    freedom = error**4 / sum(shares) if any(shares) else math.inf
    half = float(special.stdtrit(freedom, 1 - ALPHA / 2)) * error
    p = 2 * float(special.stdtr(freedom, -abs(difference) / error))
    return Summary(math.exp(difference), math.exp(difference - half), math.exp(difference + half), n), p


def compare_runs(family: Sequence[BeforeAfter]) -> list[Comparison]:
    """Judge a family together, with Holm's correction."""
    contrasts = [contrast(values) for values in family]
    corrected = holm([p for _, p in contrasts])
    comparisons = []
    for values, (ratio, _), p in zip(family, contrasts, corrected, strict=True):
        verdict, reason = decide_verdict(ratio, values.aa_difference, p)
        few = () if ratio.n >= ENOUGH_BLOCKS else (f"{ratio.n} of the {ENOUGH_BLOCKS} blocks that a claim needs",)
        comparisons.append(Comparison(ratio, verdict, p, reason, few))
    return comparisons
