"""Steps in a history: after which run a level changed for good, by how much, and how sure that is.

Binary segmentation (Scott and Knott, Biometrics 30, 1974) by the largest squared t of all splits, tested by
permutation: no distribution of the runs is assumed, and a single disturbed run makes no step. What is assumed is that
the runs of one level could stand in any order.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.analysis.stats.over_time import interval
from bench.analysis.stats.ratios import Summary

Floats = NDArray[np.float64]
SHORTEST = 3  # runs at a level, before and after: fewer are a disturbance
SIGNIFICANT = 0.02  # of a history without a step; a share of 0.05 would be reached by chance alone in 200 histories
PERMUTATIONS = 999  # at a time
MANY = PERMUTATIONS * SIGNIFICANT  # orders as good as the one there is: with more it is not significant
WINDOW = 200  # runs looked at together: in a longer history a step back would hide the step there
DISTURBED = 4.0  # standard deviations from the median of five runs
_LEAST_T2 = 2.8**2  # below it no split of six or more runs is significant


@dataclass(frozen=True, slots=True)
class Step:
    """A change of level. `at`: the first run of the new level, counted from 0; `first` and `last`: where else that may
    be, with 95 %. `ratio`: the new level over the old one, from the runs between the steps before and after it; `p` is
    its p-value, of "no step in this stretch", not smaller than the permutations tell."""

    at: int
    first: int
    last: int
    ratio: Summary
    p: float


@dataclass(frozen=True, slots=True)
class Trend:
    """The level since the last step, over `runs`, and its drift in 100 runs as a ratio, None for fewer than six."""

    level: Summary
    drift: Summary | None
    runs: int


def find_steps(logs: Sequence[float]) -> list[Step]:
    """The steps of a history of logarithms, oldest first. More means faster."""
    values = _drawn_in(np.asarray(logs, np.float64))
    found = dict(sorted(_splits(values)))
    edges = [0, *found, len(values)]
    return [
        _step(values[before:after], before, at - before, p)
        for (at, p), before, after in zip(found.items(), edges, edges[2:], strict=False)
    ]


def trend(logs: Sequence[float], steps: Sequence[Step]) -> Trend:
    """What holds since the last step."""
    values = np.asarray(logs[steps[-1].at if steps else 0 :], np.float64)
    n = len(values)
    if n < 2:
        return Trend(Summary(math.exp(values.mean()), None, None, n), None, n)
    level = interval(math.exp(values.mean()), float(values.var(ddof=1)) / n, n - 1, n)
    return Trend(level, _drift(values) if n >= 2 * SHORTEST else None, n)


def _drift(values: Floats) -> Summary:
    """The slope of a straight line through the runs, by least squares."""
    n = len(values)
    across = np.arange(n) - (n - 1) / 2
    square = float(across @ across)
    slope = float(across @ values) / square
    error = float(((values - values.mean() - slope * across) ** 2).sum()) / (n - 2) / square
    return interval(math.exp(100 * slope), 1e4 * error, n - 2, n)


def _drawn_in(values: Floats) -> Floats:
    """With runs that lie far from both their neighbours, being disturbed, drawn in: as a level of SHORTEST runs, none
    of a step is. The spread is estimated from the differences of successive runs, which one step hardly changes."""
    if len(values) < 2 * SHORTEST:
        return values
    differences = np.abs(np.diff(values))
    far = DISTURBED * 1.4826 / math.sqrt(2) * float(np.median(differences))
    padded = np.pad(values, SHORTEST - 1, mode="reflect")
    near = np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * SHORTEST - 1), axis=1)
    return np.clip(values, near - far, near + far)


def _splits(values: Floats) -> Iterator[tuple[int, float]]:
    """Where each step is, with its p-value: windows that overlap by half, then each part between two steps again."""
    starts = range(0, max(1, len(values) - WINDOW // 2), WINDOW // 2)
    level = SIGNIFICANT / len(starts)
    found = dict[int, float]()
    for start in starts:
        begin = max([start, *found])
        certain = (
            start + 3 * WINDOW // 4 if start < starts[-1] else len(values)
        )  # later ones: seen better from the next
        within = _within(values[begin : start + WINDOW], begin, level)
        found |= {at: p for at, p in within.items() if at < certain}
    yield from found.items()


def _within(values: Floats, begin: int, level: float) -> dict[int, float]:
    split = _split(values, level)
    if not split:
        return {}
    at, p = split
    before, after = _within(values[:at], begin, level), _within(values[at:], begin + at, level)
    return before | {begin + at: p} | after


def _split(values: Floats, level: float) -> tuple[int, float] | None:
    """The most likely place of a step, with its p-value; None where that is not significant."""
    n = len(values)
    total = float(((values - values.mean()) ** 2).sum()) if n else 0.0
    if n < 2 * SHORTEST or not total:
        return None
    between = _between(values[None])[0]
    best = int(between.argmax())
    if between[best] * (n - 2) < _LEAST_T2 * (total - between[best]):
        return None
    p = _p_value(values, float(between[best]), math.ceil(PERMUTATIONS * SIGNIFICANT / level))
    return (best + SHORTEST, p) if p <= level else None


def _p_value(values: Floats, between: float, permutations: int) -> float:
    """The share of orders of the runs that have a split as good; always the same for the same runs."""
    rng, reached, done = np.random.default_rng(len(values)), 0, 0
    while done < permutations and reached <= MANY:
        orders = rng.permuted(np.tile(values, (PERMUTATIONS, 1)), axis=1)
        reached += int((_between(orders).max(axis=1) >= between * (1 - 1e-12)).sum())
        done += PERMUTATIONS
    return (1 + reached) / (1 + done)


def _between(orders: Floats) -> Floats:
    """The squares between the two levels, of each split that leaves SHORTEST runs at both sides: [orders, splits]."""
    n = orders.shape[1]
    before = np.arange(SHORTEST, n - SHORTEST + 1)
    sums = (orders - orders[:1].mean()).cumsum(axis=1)[:, before - 1]
    return np.asarray(sums**2 * n / (before * (n - before)), np.float64)


def _step(values: Floats, begin: int, at: int, p: float) -> Step:
    before, after = values[:at], values[at:]
    n = len(values)
    squares = float(((before - before.mean()) ** 2).sum() + ((after - after.mean()) ** 2).sum())
    error = squares / (n - 2) * (1 / at + 1 / (n - at))
    first, last = _places(values)
    ratio = interval(math.exp(after.mean() - before.mean()), error, n - 2, n)
    return Step(begin + at, begin + min(first, at), begin + max(last, at), ratio, p)


def _places(values: Floats) -> tuple[int, int]:
    """The first and the last of the likeliest places that hold 95 % of the posterior probability, each place being as
    likely beforehand and the spread unknown (Smith, Biometrika 62, 1975)."""
    n = len(values)
    before = np.arange(SHORTEST, n - SHORTEST + 1)
    between = _between(values[None])[0]
    left = ((values - values.mean()) ** 2).sum() - between
    log = -(n - 2) / 2 * np.log(np.maximum(left, 1e-300)) - np.log(before * (n - before)) / 2
    share = np.exp(log - log.max())
    likeliest = np.argsort(-share)
    held = likeliest[: int(np.searchsorted(share[likeliest].cumsum(), 0.95 * share.sum())) + 1]
    return int(before[held.min()]), int(before[held.max()])
