"""Equivalence tests on paired differences: whether two accuracies are the same within a margin."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace

from scipy import special

from bench.analysis.stats.ratios import ALPHA, p_value
from bench.analysis.stats.verdicts import holm


@dataclass(frozen=True, slots=True)
class Equivalence:
    """The mean of paired differences, judged. Intervals are None for a single pair.

    `low`..`high` is the 90 % interval of the mean, which lies inside +-margin exactly where two one-sided tests at
    5 % show equivalence (Schuirmann 1987). `p` is the two-sided test of no difference.
    """

    mean: float
    sd: float | None
    low: float | None
    high: float | None
    n: int
    margin: float
    p: float | None

    @property
    def same(self) -> bool:
        """Whether the two are equivalent: the 90 % interval lies within the margin."""
        return self.bound < self.margin

    @property
    def differs(self) -> bool:
        """Whether the difference is significant; it may still lie within the margin."""
        return self.p is not None and self.p < ALPHA

    @property
    def bound(self) -> float:
        """The smallest margin within which they would be equivalent; infinite for a single pair."""
        return math.inf if self.low is None or self.high is None else max(abs(self.low), abs(self.high))


def equivalence(differences: Sequence[float], margin: float) -> Equivalence:
    """Judge paired differences, one for each independent replication (a seed), assumed to be normal."""
    n, mean = len(differences), statistics.fmean(differences)
    if n < 2:
        return Equivalence(mean, None, None, None, n, margin, None)
    sd = statistics.stdev(differences)
    half = float(special.stdtrit(n - 1, 1 - ALPHA)) * sd / math.sqrt(n)
    return Equivalence(mean, sd, mean - half, mean + half, n, margin, p_value(differences))


def holm_equivalences(family: Sequence[Equivalence]) -> list[Equivalence]:
    """Holm's correction of the tests of no difference.

    `same` needs none: that all are the same is claimed only where each test says so (Berger and Hsu 1996).
    """
    corrected = holm([each.p for each in family])
    return [replace(each, p=p) for each, p in zip(family, corrected, strict=True)]
