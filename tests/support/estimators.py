"""Estimators of a block's speedup, compared on recordings: how far each spreads, and what unequal jitter does to it."""

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from recorded import BASELINES, Floats, Recording

from bench.analysis.stats.ratios import Average, block_ratio
from bench.records.run import Samples

STRETCH = 24  # rounds, the most that a block of a run takes
JITTERS = (1.3, 3.0)  # how many times as far from undisturbed the candidate's slices are made
Estimate = Callable[[Samples, Samples], float]  # a baseline's slices and a candidate's -> the log of the speedup


def paired(average: Average) -> Estimate:
    """By pairs of slices of a round, as runs are estimated."""
    return lambda baseline, candidate: math.log(block_ratio(baseline, candidate, average))


def fastest(share: float) -> Estimate:
    """By the fastest slices of each."""
    return lambda baseline, candidate: _fastest(baseline, share) - _fastest(candidate, share)


def _fastest(samples: Samples, share: float) -> float:
    count = max(1, math.ceil(share * len(samples.seconds)))
    return statistics.fmean(math.log(s) for s in sorted(samples.by_round.values())[:count])


def hodges_lehmann(values: Sequence[float]) -> float:
    """The median of all means of two values, of a value with itself too (Hodges and Lehmann 1963)."""
    first, second = np.triu_indices(len(values))
    both = np.asarray(values)
    return float(np.median((both[first] + both[second]) / 2))


def trimmed(values: Sequence[float], share: float = 0.25) -> float:
    """The mean without this share at either end."""
    cut = int(share * len(values))
    return statistics.fmean(sorted(values)[cut : len(values) - cut])


ESTIMATORS: dict[str, Estimate] = {
    "fastest third": fastest(1 / 3),
    "fastest half": fastest(1 / 2),
    "Hodges-Lehmann, paired": paired(hodges_lehmann),
    "median, paired": paired(statistics.median),
    "trimmed mean (25 %), paired": paired(trimmed),
    "mean, paired": paired(statistics.fmean),
}


@dataclass(frozen=True, slots=True)
class Spreads:
    """Standard deviations of one stretch's log ratio: `within` a block, `between` blocks, and of the two together."""

    within: float
    between: float

    @property
    def together(self) -> float:
        return math.hypot(self.within, self.between)


@dataclass(frozen=True, slots=True)
class Estimated:
    """What an estimator makes of a recording. `biases`: of the log ratio of a mode to a copy whose slices are disturbed
    so many times as far, by JITTERS; negative where the copy looks slower than the mode."""

    recording: str
    estimator: str
    speedup: float
    alike: Spreads
    unlike: Spreads
    biases: tuple[float, ...]


def estimated(recording: Recording, name: str) -> Estimated:
    """Cut each block into stretches, and estimate each."""
    estimate, logs = ESTIMATORS[name], recording.logs
    first, second = (logs[:, case] for case in BASELINES)
    alike = ratios(estimate, first, second)
    unlike = [
        (ratios(estimate, first, logs[:, c]) + ratios(estimate, second, logs[:, c])) / 2 for c in recording.candidates
    ]
    biases = tuple(_bias(estimate, first, second, jitter) for jitter in JITTERS)
    speedup = math.exp(float(np.mean(unlike)))
    return Estimated(recording.name, name, speedup, spreads(alike), _pooled([spreads(each) for each in unlike]), biases)


def ratios(estimate: Estimate, baseline: Floats, candidate: Floats) -> Floats:
    """The log ratio of each stretch, [block, stretch], given the logarithms of seconds a step, [block, round]."""
    return np.array(
        [
            [estimate(_samples(a), _samples(b)) for a, b in zip(_stretches(ours), _stretches(theirs), strict=True)]
            for ours, theirs in zip(baseline, candidate, strict=True)
        ]
    )


def _stretches(logs: Floats) -> list[Floats]:
    length = min(STRETCH, len(logs))
    return [logs[first : first + length] for first in range(0, len(logs) - length + 1, length)]


def _samples(logs: Floats) -> Samples:
    return Samples(tuple(np.exp(logs).tolist()), 1)


def _bias(estimate: Estimate, first: Floats, second: Floats, jitter: float) -> float:
    pairs = ((first, second), (second, first))
    return statistics.fmean(
        float(np.mean(ratios(estimate, a, disturbed(b, jitter)) - ratios(estimate, a, b))) for a, b in pairs
    )


def disturbed(logs: Floats, jitter: float) -> Floats:
    """Each slice so many times as far from its process' fastest, [block, round]."""
    least = logs.min(axis=-1, keepdims=True)
    return np.asarray(least + jitter * (logs - least), np.float64)


def spreads(logs: Floats) -> Spreads:
    """Of log ratios, [block, stretch]: of one block with one stretch each, all of it counts as between blocks."""
    within = float(logs.var(axis=1, ddof=1).mean()) if logs.shape[1] > 1 else 0.0
    between = float(logs.mean(axis=1).var(ddof=1)) - within / logs.shape[1]
    return Spreads(math.sqrt(within), math.sqrt(max(0.0, between)))


def _pooled(each: Sequence[Spreads]) -> Spreads:
    within, between = (
        math.sqrt(statistics.fmean(getattr(one, part) ** 2 for one in each)) for part in Spreads.__slots__
    )
    return Spreads(within, between)
