"""Samples of blocks -> ratios with their intervals; what a comparison of two cases holds.

The block (a fresh process for each case) is the unit of replication: steps and slices inside one process share its
memory layout and its moment, so they are averaged, never pooled. All averages are on the log scale.
"""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from scipy import special

from bench.records.run import Samples
from bench.records.spread import Spread

CONFIDENCE = 0.95
ALPHA = 1 - CONFIDENCE
MARGIN = 0.03  # SAME means: the whole interval lies within +-3 %
PILOT_BLOCKS = 12  # before an interval's width may end a run: stopping earlier favours narrow ones (docs/methods.md)
MOST = 700.0  # e^700 is still a float
ENOUGH_BLOCKS = 6  # 2 * 0.5^6 = 0.031: the least at which all blocks on one side reach p < 0.05


class Verdict(str, Enum):
    """What a comparison of a candidate with its baseline comes to."""

    FASTER = "FASTER"
    SLOWER = "SLOWER"
    LIKELY_FASTER = "LIKELY FASTER"
    LIKELY_SLOWER = "LIKELY SLOWER"
    SAME = "SAME"
    UNCERTAIN = "UNCERTAIN"
    NONE = "NO VERDICT"
    INVALID = "INVALID"
    NOT_COMPARABLE = "NOT COMPARABLE"
    NOT_APPLICABLE = "NOT APPLICABLE"
    NOT_AVAILABLE = "NOT AVAILABLE"

    @property
    def faster(self) -> bool:
        """FASTER, or likely so."""
        return self in (Verdict.FASTER, Verdict.LIKELY_FASTER)

    @property
    def slower(self) -> bool:
        """SLOWER, or likely so."""
        return self in (Verdict.SLOWER, Verdict.LIKELY_SLOWER)


@dataclass(frozen=True, slots=True)
class Summary:
    """A geometric mean across blocks with its 95 % interval, which is None for a single block."""

    centre: float
    low: float | None
    high: float | None
    n: int

    @property
    def half_width(self) -> float:
        """How far the interval reaches above the centre, relative to it; infinite for a single block."""
        return math.inf if self.high is None else self.high / self.centre - 1

    @property
    def inverse(self) -> "Summary":
        """Of the inverse ratio."""
        low, high = (None if end is None else 1 / end for end in (self.high, self.low))
        return Summary(1 / self.centre, low, high, self.n)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A candidate's speedup over its baseline, above 1: faster, with verdict, Holm-corrected p and reason.

    `ratio` has the interval of this run, which more blocks narrow; `over_time` that of the long-run value on this
    machine, which `verdict` and `p` speak of, and `spread` the run-to-run spread in it. `rough`: from fewer blocks than
    a claim needs. `cpu`: the speedup in CPU time, on a CPU. `warnings` qualify the verdict; analyse.py, which knows how
    a case was measured, adds them.
    """

    ratio: Summary | None
    verdict: Verdict
    p: float | None = None
    reason: str = ""
    warnings: tuple[str, ...] = ()
    over_time: Summary | None = None
    spread: Spread | None = None
    rough: bool = False
    cpu: Summary | None = None


def summarise(values: Sequence[float]) -> Summary:
    """Geometric mean of positive block values with Student's interval on their logarithms."""
    return student([math.log(value) for value in values])


def student(logs: Sequence[float], alpha: float = ALPHA) -> Summary:
    """The mean of logarithms, as a ratio, with Student's interval at the nominal level `alpha`."""
    n, mean = len(logs), statistics.fmean(logs)
    if n < 2:
        return Summary(math.exp(mean), None, None, n)
    half = float(special.stdtrit(n - 1, 1 - alpha / 2)) * statistics.stdev(logs) / math.sqrt(n)
    low, high = (math.exp(max(-MOST, min(end, MOST))) for end in (mean - half, mean + half))
    return Summary(math.exp(mean), low, high, n)


def median_summary(values: Sequence[float]) -> Summary:
    """The median with an interval of at least 95 % between two of the values, whatever their distribution.

    The two are as far from the ends as the binomial of n fair tosses allows (the sign test turned around, Conover
    1999, section 3.2); None for fewer than six values, for which no pair is far enough apart.
    """
    ordered, n = sorted(values), len(values)
    inside = [k for k in range(n // 2) if 2 * float(special.bdtr(k, n, 0.5)) <= ALPHA]
    low, high = (ordered[inside[-1]], ordered[-1 - inside[-1]]) if inside else (None, None)
    return Summary(statistics.median(ordered), low, high, n)


Average = Callable[[Sequence[float]], float]  # of a block's paired log differences: the median, or the mean


def block_ratio(baseline: Samples, candidate: Samples, average: Average = statistics.median) -> float:
    """The candidate's speedup over the baseline in one block: the median over the rounds that both took part in.

    In each round the two were timed within the same second; the difference of their logarithms is that round's pair.
    The median is the factor that the baseline needs more than the candidate in half of the rounds, on the machine as
    it was loaded. It stands rare disturbances and steady neighbours alike (docs/methods.md compares estimators). With
    the mean as `average` every slice counts, those included that something else on the machine made longer.
    Raises ValueError where they share no round.
    """
    baseline_s, candidate_s = baseline.by_round, candidate.by_round
    if not (shared := sorted(baseline_s.keys() & candidate_s.keys())):
        raise ValueError("the two share no round, so there is no pair of slices")
    return math.exp(average([math.log(baseline_s[number] / candidate_s[number]) for number in shared]))


def geometric_mean(values: Sequence[float]) -> float:
    """The geometric mean of positive values."""
    return math.exp(statistics.fmean(map(math.log, values)))


def difference_from_itself(control_ratio: Summary) -> float:
    """How far the baseline differs from itself: its A/A ratio or the inverse, whichever is at least 1."""
    return math.exp(abs(math.log(control_ratio.centre)))


def p_value(values: Sequence[float]) -> float | None:
    """Two-sided one-sample t-test of mean zero; None for a single value."""
    if len(values) < 2:
        return None
    error = statistics.stdev(values) / math.sqrt(len(values))
    if error == 0:
        return 1.0 if statistics.fmean(values) == 0 else 0.0
    return 2 * float(special.stdtr(len(values) - 1, -abs(statistics.fmean(values)) / error))


@dataclass(frozen=True, slots=True)
class BreakEven:
    """Steps after the first one until a mode's longer start-up is recovered. `steps` None: `text` says why.

    `rough`: from fewer blocks than a claim needs.
    """

    steps: Summary | None
    text: str
    rough: bool = False


def drift(samples: Sequence[Samples]) -> Summary | None:
    """Last third over first third of each block's slices (medians): 1 in steady state. None for too little data."""
    blocks = [(len(block.seconds) // 3, block.seconds) for block in samples]
    if len(blocks) < 3 or min(third for third, _ in blocks) < 2:
        return None
    return summarise([statistics.median(s[-third:]) / statistics.median(s[:third]) for third, s in blocks])
