"""Tests between two runs: what changed from the blocks of one to the blocks of the other.

Runs whose blocks were interleaved are paired block by block. Runs made one after the other ran under different machine
conditions, which the spread of their blocks does not show.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bench.analysis.stats.looks import first_interval
from bench.analysis.stats.over_time import NO_SPREAD, interval, over_time, p_value_of, pooled, squared_error
from bench.analysis.stats.ratios import ENOUGH_BLOCKS, MARGIN, Comparison, Summary
from bench.analysis.stats.verdicts import decide, holm
from bench.records.run import Looks
from bench.records.spread import Spread

# Of a step's time, of the same five unchanged runs as the speedup's (over_time.py)
STEP_SPREAD = Spread(0.05, 4.0, "assumed")


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    """The values of two runs that are compared: logarithms, one a block; more is faster.

    `interleaved`: the two runs' blocks alternated, so that blocks of the same number form a pair.
    `aa_difference`: a ratio of at least 1. `spreads` from run to run and `looks` are those of the run before and the
    run after; interleaved runs have no spread between them. `skipped_blocks`: those that a very slow case skipped in
    both, which count as blocks that its verdict has.
    """

    before: Sequence[float]
    after: Sequence[float]
    interleaved: bool
    aa_difference: float = 1.0
    spreads: tuple[Spread, Spread] = (NO_SPREAD, NO_SPREAD)
    looks: tuple[Looks | None, Looks | None] = (None, None)
    skipped_blocks: int = 0


def alternate(before: Sequence[float | None], after: Sequence[float | None]) -> bool:
    """Whether two runs' blocks, given when each began, were interleaved: each pair of blocks before the next pair."""
    pairs = [(a, b) for a, b in zip(before, after, strict=False) if a is not None and b is not None]
    if len(pairs) < max(2, len(before), len(after)):
        return False
    return all(max(pair) < min(following) for pair, following in pairwise(pairs))


def contrast(values: BeforeAfter) -> tuple[Summary, float | None]:
    """exp(mean after - mean before) with its 95 % interval, and the p-value of no difference.

    Interleaved: Student's interval over the blocks' differences. Else Welch's (Welch 1947, Satterthwaite's degrees of
    freedom), with both runs' variance from run to run added. A run of one block has no spread, so no interval.
    """
    if values.interleaved:
        differences = [after - before for before, after in zip(values.before, values.after, strict=True)]
        return over_time(first_interval(differences, values.looks[0] or values.looks[1]), NO_SPREAD)
    n, samples = min(len(values.before), len(values.after)), (values.before, values.after)
    difference = statistics.fmean(values.after) - statistics.fmean(values.before)
    if n < 2:
        return Summary(math.exp(difference), None, None, n), None
    own = [squared_error(first_interval(*each)) for each in zip(samples, values.looks, strict=True)]
    error = pooled([*own, *((spread.tau**2, spread.nu) for spread in values.spreads if spread.tau)])
    return interval(math.exp(difference), *error, n), p_value_of(difference, *error)


def compare_runs(family: Sequence[BeforeAfter]) -> list[Comparison]:
    """Judge a family together, with Holm's correction. There is one interval: it holds what the runs' spreads add."""
    contrasts = [contrast(values) for values in family]
    corrected = holm([p for _, p in contrasts])
    comparisons = []
    for values, (ratio, _), p in zip(family, contrasts, corrected, strict=True):
        rough = ratio.n + values.skipped_blocks < ENOUGH_BLOCKS
        verdict, reason = decide(ratio, ratio, p, rough, values.aa_difference, MARGIN)
        few = (f"{ratio.n} of the {ENOUGH_BLOCKS} repetitions that a claim needs",) if rough else ()
        comparisons.append(Comparison(ratio, verdict, p, reason, few, over_time=ratio, rough=rough))
    return comparisons
