"""Groups that differ in one number alone -> families, and where along it two modes change places.

Between two sizes that were measured, the logarithm of a ratio is taken to be straight over the logarithm of the size;
that gives where it passes 1. What is certain is only that it does so between two certain sizes. Leaves out all
wording of reports and figures.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from bench.analysis.results import CaseResult, GroupResult, Run, ratio_between
from bench.analysis.stats.ratios import Summary
from bench.records.case import Case


@dataclass(frozen=True, slots=True)
class Axis:
    """A number that cases may differ in. `value` None: the case has no place on it.

    `without` is the case with that number blotted out: cases alike but for it become equal. `at` says a value in words.
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
    lambda case: case.threads or None,  # 0 is TensorFlow's own choice, which is no number
    lambda case: replace(case, threads=0),
    lambda threads: f"{threads} thread{'s' * (threads > 1)}",
)


@dataclass(frozen=True, slots=True)
class Family:
    """Two or more groups, alike but for their place on the axis, in its order; each holds something to be believed."""

    axis: Axis
    sizes: tuple[int, ...]
    groups: tuple[GroupResult, ...]

    @property
    def title(self) -> str:
        """What the groups share, in words: the first one's title without its place on the axis."""
        place = self.axis.at(self.sizes[0])
        return ", ".join(part for part in self.groups[0].title.split(", ") if part != place)

    @property
    def titles(self) -> dict[str, str]:
        """By arm, as tables and plots call it."""
        return {result.case.arm: result.title for group in self.groups for result in group.cases}

    @property
    def lines(self) -> dict[str, dict[int, tuple[GroupResult, CaseResult]]]:
        """By arm, in the plan's order, the valid results at each size; the baseline's second entry has no line."""
        lines: dict[str, dict[int, tuple[GroupResult, CaseResult]]] = {}
        for size, group in zip(self.sizes, self.groups, strict=True):
            for result in group.cases:
                if result.valid and not result.case.again:
                    lines.setdefault(result.case.arm, {})[size] = (group, result)
        return lines


@dataclass(frozen=True, slots=True)
class Place:
    """How many times as fast one mode is as another at one size. Certain: its interval leaves 1 out, and it is larger
    than the baseline's difference from itself there."""

    size: int
    ratio: Summary
    certain: bool


@dataclass(frozen=True, slots=True)
class Crossing:
    """`ahead` is slower than `behind` at `low` and faster at `high`; `certain` where both ends are.

    `about` is the size at which they are as fast as each other; None where centres in between cross more than once.
    """

    ahead: str
    behind: str
    low: Place
    high: Place
    about: float | None

    @property
    def certain(self) -> bool:
        """Whether both ends are."""
        return self.low.certain and self.high.certain


def families(run: Run, axis: Axis) -> list[Family]:
    """The run's families along an axis, in the plan's order; none without two sizes to compare."""
    alike: dict[Case, dict[int, GroupResult]] = {}
    for group in run.groups:
        size = axis.value(group.baseline.case)
        if size is not None and any(result.valid for result in group.cases):
            alike.setdefault(axis.without(group.baseline.case), {})[size] = group
    return [
        Family(axis, tuple(sorted(by_size)), tuple(by_size[size] for size in sorted(by_size)))
        for by_size in alike.values()
        if len(by_size) > 1
    ]


def pairs(family: Family) -> list[tuple[str, str]]:
    """The arms that are compared: the baseline, and tf.function, with each other one."""
    arms = list(family.lines)
    firsts = [arm for arm in (family.groups[0].baseline.case.arm, "function") if arm in arms]
    found: dict[frozenset[str], tuple[str, str]] = {}
    for first in firsts:
        for other in arms:
            if other != first:
                found.setdefault(frozenset((first, other)), (first, other))
    return list(found.values())


def crossings(family: Family) -> list[Crossing]:
    """Every change of order of those pairs of which at least one end is certain."""
    found = []
    for a, b in pairs(family):
        for behind, ahead in ((a, b), (b, a)):
            titles = family.titles[ahead], family.titles[behind]
            rises = spans(places(family, behind, ahead))
            found += [Crossing(*titles, low, high, about) for low, high, about in rises]
    return found


def places(family: Family, behind: str, ahead: str) -> list[Place]:
    """How many times as fast `ahead` is as `behind`, at each size at which both are valid."""
    lines, found = family.lines, []
    for size in family.sizes:
        if size in lines[behind] and size in lines[ahead]:
            group, result = lines[behind][size]
            if ratio := ratio_between(result, lines[ahead][size][1]):
                found.append(Place(size, ratio, certain(ratio, group.floor or 1.0)))
    return found


def certain(ratio: Summary, floor: float) -> bool:
    """Whether a ratio's interval leaves 1 out, and it lies outside the noise floor."""
    if ratio.low is None or ratio.high is None or ratio.low <= 1 <= ratio.high:
        return False
    return not 1 / floor <= ratio.centre <= floor


def spans(found: Sequence[Place]) -> list[tuple[Place, Place, float | None]]:
    """Where the ratio rises through 1: the ends, and the size at which it does.

    Between two neighbouring certain places of opposite order it does so with certainty, and uncertain ones between them
    only blur where; before the first and after the last certain place it may. What never was certain has no spans.
    """
    known = [number for number, place in enumerate(found) if place.certain]
    if not known:
        return []
    head = _to_the_first_change(found[known[0] :: -1])[::-1]
    tail = _to_the_first_change(found[known[-1] :])
    stretches = [head, *(found[a : b + 1] for a, b in pairwise(known)), tail]
    return [(s[0], s[-1], _about(s)) for s in stretches if s[0].ratio.centre < 1 < s[-1].ratio.centre]


def _to_the_first_change(found: Sequence[Place]) -> Sequence[Place]:
    """From a certain place to the next with the opposite order; the certain one alone where there is none."""
    slower = found[0].ratio.centre < 1
    changed = (number for number, place in enumerate(found) if (place.ratio.centre < 1) != slower)
    return found[: next(changed, 0) + 1]


def _about(stretch: Sequence[Place]) -> float | None:
    """Where the straight line between two neighbours, log over log, passes 1; None where several do."""
    sizes = [crossing_size(a, b) for a, b in pairwise(stretch) if (a.ratio.centre < 1) != (b.ratio.centre < 1)]
    return sizes[0] if len(sizes) == 1 else None


def crossing_size(a: Place, b: Place) -> float:
    """The size at which the ratio is 1, between two places on either side of it."""
    before, after = math.log(a.ratio.centre), math.log(b.ratio.centre)
    share = before / (before - after)
    return math.exp(math.log(a.size) + share * (math.log(b.size) - math.log(a.size)))
