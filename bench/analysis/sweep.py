"""Sweeps over batch sizes or threads: which groups belong together, and where one mode overtakes another.

Between two measured sizes the ratio of two modes is taken as a straight line on log scales, which gives the size at
which it is 1. That is an estimate; certain is only that it lies between two certain sizes.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.speedups import judged
from bench.analysis.stats.ratios import Comparison, Summary
from bench.records.case import Case


@dataclass(frozen=True, slots=True)
class Axis:
    """A number that cases may differ in. `value` is None for a case that has no such number.

    `without` gives the case with that number removed, so that cases that differ in it alone become equal. `at` gives a
    value in words.
    """

    name: str
    value: Callable[[Case], int | None]
    without: Callable[[Case], Case]
    at: Callable[[int], str]


BATCH_SIZES = Axis(
    "batch size",
    lambda case: case.workload.batch_size,
    lambda case: replace(case, workload=replace(case.workload, batch_size=0)),
    lambda size: f"batch {size}",
)
THREADS = Axis(
    "number of threads",
    lambda case: case.threads or None,  # 0 is TensorFlow's own choice, not a number
    lambda case: replace(case, threads=0),
    lambda threads: f"{threads} thread{'s' * (threads > 1)}",
)


@dataclass(frozen=True, slots=True)
class Sweep:
    """Two or more groups that differ only in their size on the axis, in its order; each has a valid result."""

    axis: Axis
    sizes: tuple[int, ...]
    groups: tuple[GroupResult, ...]

    @property
    def title(self) -> str:
        """What the groups share, in words: the first one's title without its size."""
        size = self.axis.at(self.sizes[0])
        return ", ".join(part for part in self.groups[0].title.split(", ") if part != size)

    @property
    def titles(self) -> dict[str, str]:
        """The modes' titles by arm, as tables and plots call them."""
        return {result.case.arm: result.title for group in self.groups for result in group.cases}

    @property
    def results_by_arm(self) -> dict[str, dict[int, tuple[GroupResult, CaseResult]]]:
        """By arm, in the plan's order, the valid results at each size; the A/A control is left out."""
        by_arm: dict[str, dict[int, tuple[GroupResult, CaseResult]]] = {}
        for size, group in zip(self.sizes, self.groups, strict=True):
            for result in group.cases:
                if result.valid and not result.case.again:
                    by_arm.setdefault(result.case.arm, {})[size] = (group, result)
        return by_arm


@dataclass(frozen=True, slots=True)
class RatioAtSize:
    """The speedup of one mode over another at one size, with its interval over time.

    `certain`: one was found to be faster; `rough`: from fewer blocks than a claim needs.
    """

    size: int
    ratio: Summary
    certain: bool
    rough: bool = False


@dataclass(frozen=True, slots=True)
class Crossing:
    """`ahead` is slower than `behind` at `low` and faster at `high`.

    `about` estimates the size at which both are equally fast; None where the ratios in between pass 1 more than once.
    """

    ahead: str
    behind: str
    low: RatioAtSize
    high: RatioAtSize
    about: float | None

    @property
    def certain(self) -> bool:
        """Whether both ends are certain."""
        return self.low.certain and self.high.certain

    @property
    def rough(self) -> bool:
        """Whether an end is from few blocks."""
        return self.low.rough or self.high.rough


def sweeps(run: Run, axis: Axis) -> list[Sweep]:
    """The run's sweeps along an axis, in the plan's order; none without two sizes to compare."""
    same_work: dict[Case, dict[int, GroupResult]] = {}
    for group in run.groups:
        size = axis.value(group.baseline.case)
        if size is not None and any(result.valid for result in group.cases):
            same_work.setdefault(axis.without(group.baseline.case), {})[size] = group
    return [
        Sweep(axis, tuple(sorted(by_size)), tuple(by_size[size] for size in sorted(by_size)))
        for by_size in same_work.values()
        if len(by_size) > 1
    ]


def pairs(sweep: Sweep) -> list[tuple[str, str]]:
    """The pairs of arms that are compared: the baseline with each other one, and tf.function with each other one."""
    arms = list(sweep.results_by_arm)
    firsts = [arm for arm in (sweep.groups[0].baseline.case.arm, "function") if arm in arms]
    unordered: dict[frozenset[str], tuple[str, str]] = {}
    for first in firsts:
        for other in arms:
            if other != first:
                unordered.setdefault(frozenset((first, other)), (first, other))
    return list(unordered.values())


def crossings(sweep: Sweep) -> list[Crossing]:
    """Every place where one mode of a pair overtakes the other and at least one end is certain."""
    return [crossing for a, b in pairs(sweep) for crossing in (*_overtakes(sweep, a, b), *_overtakes(sweep, b, a))]


def _overtakes(sweep: Sweep, behind: str, ahead: str) -> list[Crossing]:
    titles = sweep.titles[ahead], sweep.titles[behind]
    rises = rises_through_one(ratios_over_sizes(sweep, behind, ahead))
    return [Crossing(*titles, low, high, about) for low, high, about in rises]


def ratios_over_sizes(sweep: Sweep, behind: str, ahead: str) -> list[RatioAtSize]:
    """The speedup of `ahead` over `behind` at each size at which both are valid."""
    behind_by_size, ahead_by_size = sweep.results_by_arm[behind], sweep.results_by_arm[ahead]
    ratios = []
    for size in (size for size in sweep.sizes if size in behind_by_size and size in ahead_by_size):
        group, result = behind_by_size[size]
        compared = judged(group, result, ahead_by_size[size][1])
        if compared and (ratio := at_size(size, compared)):
            ratios.append(ratio)
    return ratios


def at_size(size: int, compared: Comparison) -> RatioAtSize | None:
    """A comparison as a ratio at its size; None where it has none."""
    verdict = compared.verdict
    directed = verdict.faster or verdict.slower
    return RatioAtSize(size, compared.over_time, directed, compared.rough) if compared.over_time else None


def rises_through_one(ratios: Sequence[RatioAtSize]) -> list[tuple[RatioAtSize, RatioAtSize, float | None]]:
    """Where the ratio rises through 1 with growing size: both ends, and the estimated size.

    Between two neighbouring certain ratios on opposite sides of 1 it does so with certainty, and uncertain ones between
    them only make the size less clear. Before the first and after the last certain ratio it may. Where no ratio is
    certain, nothing is returned.
    """
    certain = [index for index, each in enumerate(ratios) if each.certain]
    if not certain:
        return []
    head = _to_the_first_change(ratios[certain[0] :: -1])[::-1]
    tail = _to_the_first_change(ratios[certain[-1] :])
    stretches = [head, *(ratios[a : b + 1] for a, b in pairwise(certain)), tail]
    return [(s[0], s[-1], _about(s)) for s in stretches if s[0].ratio.centre < 1 < s[-1].ratio.centre]


def _to_the_first_change(ratios: Sequence[RatioAtSize]) -> Sequence[RatioAtSize]:
    """From the first ratio, which is certain, to the next on the other side of 1; the first alone without one."""
    slower = ratios[0].ratio.centre < 1
    changes = (index for index, each in enumerate(ratios) if (each.ratio.centre < 1) != slower)
    return ratios[: next(changes, 0) + 1]


def _about(stretch: Sequence[RatioAtSize]) -> float | None:
    """Where the straight line between two neighbours, log over log, passes 1; None where several do."""
    sizes = [crossing_size(a, b) for a, b in pairwise(stretch) if (a.ratio.centre < 1) != (b.ratio.centre < 1)]
    return sizes[0] if len(sizes) == 1 else None


def crossing_size(a: RatioAtSize, b: RatioAtSize) -> float:
    """The size at which the ratio is 1, between two ratios on either side of it; on log scales."""
    before, after = math.log(a.ratio.centre), math.log(b.ratio.centre)
    share = before / (before - after)
    return math.exp(math.log(a.size) + share * (math.log(b.size) - math.log(a.size)))
