"""What a t-test over blocks can detect: its power for a true difference, and the smallest difference it detects."""

import math
import statistics
from collections.abc import Sequence

from scipy import special

from bench.analysis.stats.ratios import ALPHA

WANTED_POWER = 0.9  # "detects" means: in nine of ten runs


def power(difference: float, sd: float, blocks: int, alpha: float = ALPHA) -> float:
    """The power for a true difference of logarithms (noncentral t), given a block's standard deviation."""
    freedom, shift = blocks - 1, abs(difference) / sd * math.sqrt(blocks)
    limit = float(special.stdtrit(freedom, 1 - alpha / 2))
    return 1 - float(special.nctdtr(freedom, shift, limit))


def smallest(sd: float, blocks: int, alpha: float = ALPHA) -> float:
    """The smallest difference, as a share, detected with WANTED_POWER. By bisection: power grows with the difference.

    With the level of a run that looks at its blocks again and again, it is what the last look detects; as earlier looks
    may detect it too, the run does so a little more often.
    """
    low, high = 0.0, sd
    while power(high, sd, blocks, alpha) < WANTED_POWER:
        low, high = high, 1.5 * high
    while high - low > 1e-5:
        middle = (low + high) / 2
        low, high = (low, middle) if power(middle, sd, blocks, alpha) >= WANTED_POWER else (middle, high)
    return math.exp(high) - 1


def pooled_sd(samples: Sequence[Sequence[float]]) -> float | None:
    """The standard deviation within samples of logarithms, pooled; None where none has two values."""
    squares = [(statistics.variance(logs) * (len(logs) - 1), len(logs) - 1) for logs in samples if len(logs) > 1]
    return math.sqrt(math.fsum(square for square, _ in squares) / sum(n for _, n in squares)) if squares else None
