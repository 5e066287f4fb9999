"""Two runs' samples of blocks -> Comparison: what changed from one to the other.

Runs whose blocks took turns are paired block by block. Runs made one after the other met two states of a machine, and
what that does is no part of the spread of their blocks. Leaves out runs and cases (compare.py), and the arithmetic
inside one run (stats.py).
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from scipy import special

from bench.analysis.stats import ratios as stats
from bench.analysis.stats.ratios import ALPHA, ENOUGH_BLOCKS, Comparison, Summary, holm, judge

# Standard deviations from run to run, of five unchanged `thorough` runs within 45 minutes on a shared 2-core machine
# (METHODS.md): of the logarithm of a gain (how many times as fast a mode is as its baseline), and of a step's time.
GAIN_BETWEEN_RUNS = 0.014
STEP_BETWEEN_RUNS = 0.05


@dataclass(frozen=True, slots=True)
class Sides:
    """What is compared: logarithms, one a block, before and after; more is faster.

    `in_turns`: blocks of the same place were measured one right after the other. `floor`: the noise floor as a ratio.
    `between`: standard deviation from run to run, for those that did not take turns.
    """

    before: Sequence[float]
    after: Sequence[float]
    in_turns: bool
    floor: float = 1.0
    between: float = 0.0


def alternate(before: Sequence[float | None], after: Sequence[float | None]) -> bool:
    """Whether two runs' blocks, given when each began, took turns: each pair of the same place before the next pair."""
    times = [(a, b) for a, b in zip(before, after, strict=False) if a is not None and b is not None]
    if len(times) < max(2, len(before), len(after)):
        return False
    return all(max(pair) < min(following) for pair, following in pairwise(times))


def contrast(sides: Sides) -> tuple[Summary, float | None]:
    """exp(mean after - mean before) with its 95 % interval, and the p-value of no difference.

    In turns: Student's interval over the blocks' differences. Else Welch's (Welch 1947, Satterthwaite's degrees of
    freedom), with what comes from run to run added to its error. A run of one block has no spread, and no interval.
    """
    if sides.in_turns:
        differences = [after - before for before, after in zip(sides.before, sides.after, strict=True)]
        return stats.summarise([math.exp(value) for value in differences]), stats.p_value(differences)
    return _welch(sides)


def _welch(sides: Sides) -> tuple[Summary, float | None]:
    samples = (sides.before, sides.after)
    n, difference = min(map(len, samples)), statistics.fmean(sides.after) - statistics.fmean(sides.before)
    if n < 2:
        return Summary(math.exp(difference), None, None, n), None
    parts = [statistics.variance(sample) / len(sample) for sample in samples]
    error = math.sqrt(sum(parts) + 2 * sides.between**2)
    if error == 0:
        same = math.exp(difference)
        return Summary(same, same, same, n), 1.0 if difference == 0 else 0.0
    shares = [part**2 / (len(sample) - 1) for part, sample in zip(parts, samples, strict=True)]
    freedom = error**4 / sum(shares) if any(shares) else math.inf
    half = float(special.stdtrit(freedom, 1 - ALPHA / 2)) * error
    p = 2 * float(special.stdtr(freedom, -abs(difference) / error))
    return Summary(math.exp(difference), math.exp(difference - half), math.exp(difference + half), n), p


def compare_runs(family: Sequence[Sides]) -> list[Comparison]:
    """Judge a family together, with Holm's correction."""
    contrasts = [contrast(sides) for sides in family]
    corrected = holm([p for _, p in contrasts])
    comparisons = []
    for sides, (ratio, _), p in zip(family, contrasts, corrected, strict=True):
        verdict, reason = judge(ratio, sides.floor, p)
        few = () if ratio.n >= ENOUGH_BLOCKS else (f"{ratio.n} of the {ENOUGH_BLOCKS} blocks that a claim needs",)
        comparisons.append(Comparison(ratio, verdict, p, reason, few))
    return comparisons
