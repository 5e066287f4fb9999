"""The same mode on two devices: pairs of groups alike but for where they ran, their ratios, and where along the batch
size one device overtakes the other.

Two devices' cases do not take turns slice by slice as the modes of a group do, but block by block; a block of the one
is compared with the same block of the other. Leaves out all wording.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

from bench.analysis.results import CaseResult, GroupResult, Run, block_ratios
from bench.analysis.stats import ratios as stats
from bench.analysis.stats.ratios import Comparison, Verdict
from bench.analysis.sweep import BATCH_SIZES, Crossing, Place, certain, spans
from bench.analysis.validity import unequal_work
from bench.records.case import Case


@dataclass(frozen=True, slots=True)
class Across:
    """One mode on two devices. `comparison`: how many times as fast it is on `other` as on `reference`."""

    reference: CaseResult
    other: CaseResult
    floor: float
    comparison: Comparison

    @property
    def title(self) -> str:
        """The mode's title."""
        return self.other.title

    @property
    def devices(self) -> tuple[str, str]:
        """Both devices in words."""
        return where(self.reference.case), where(self.other.case)

    @property
    def size(self) -> int:
        """The batch size."""
        return self.other.case.workload.batch_size


def where(case: Case) -> str:
    """'the CPU', 'the CPU with 2 threads', 'the GPU', 'GPU:1'."""
    threads = f" with {case.threads} thread{'s' * (case.threads > 1)}" if case.threads else ""
    return ("" if ":" in case.device else "the ") + case.device.upper() + threads


def across(run: Run) -> list[Across]:
    """Every mode of the run on every pair of devices, judged together; none without two places to compare."""
    found = [
        (a, b, max(reference.floor or 1.0, other.floor or 1.0))
        for reference, other in _pairs(run)
        for a, b in _same_modes(reference, other)
    ]
    ratios = [(_ratios(a, b), floor) for a, b, floor in found]
    judged = iter(stats.compare([(values, floor) for values, floor in ratios if values]))
    compared = [
        next(judged) if values else _without(a, b) for (values, _), (a, b, _) in zip(ratios, found, strict=True)
    ]
    return [Across(a, b, floor, comparison) for (a, b, floor), comparison in zip(found, compared, strict=True)]


def _pairs(run: Run) -> list[tuple[GroupResult, GroupResult]]:
    """GPUs against every setting of the CPU; without a GPU, settings of the CPU against the first."""
    alike: dict[Case, list[GroupResult]] = {}
    for group in run.groups:
        alike.setdefault(replace(group.baseline.case, device="", threads=0), []).append(group)
    return [pair for groups in alike.values() for pair in _two_of(groups)]


def _two_of(groups: Sequence[GroupResult]) -> list[tuple[GroupResult, GroupResult]]:
    on_cpu = [group for group in groups if group.baseline.case.device == "cpu"]
    others = [group for group in groups if group.baseline.case.device != "cpu"]
    if on_cpu and others:
        return list(product(on_cpu, others))
    return [(groups[0], group) for group in groups[1:]]


def _same_modes(reference: GroupResult, other: GroupResult) -> list[tuple[CaseResult, CaseResult]]:
    by_arm = {result.case.arm: result for result in other.cases}
    return [(r, by_arm[r.case.arm]) for r in reference.cases if r.case.arm in by_arm and not r.case.again]


def _ratios(reference: CaseResult, other: CaseResult) -> list[float]:
    return [] if _other_work(reference, other) else block_ratios(reference, other)


def _other_work(reference: CaseResult, other: CaseResult) -> tuple[str, ...]:
    """Why the two do not do the same work: weights, batches, first losses and gradients, as within a group."""
    if not (reference.measurements and other.measurements):
        return ()
    workload, device = other.case.workload, other.case.device
    ours, theirs = other.measurements[0].evidence, reference.measurements[0].evidence
    return unequal_work(ours, theirs, workload.precision, device)


def _without(reference: CaseResult, other: CaseResult) -> Comparison:
    """Why there is no ratio."""
    if absent := other.not_available or reference.not_available:
        return Comparison(None, Verdict.NOT_AVAILABLE, reason=absent)
    if unequal := _other_work(reference, other):
        return Comparison(None, Verdict.INVALID, reason="; ".join(unequal))
    if why := other.not_applicable or reference.not_applicable:
        return Comparison(None, Verdict.NOT_APPLICABLE, reason=why)
    return Comparison(None, Verdict.NOT_COMPARABLE, reason="not measured and valid on both")


@dataclass(frozen=True, slots=True)
class Line:
    """One mode on one pair of devices over batch sizes, in their order; of one size alone where no others were run."""

    results: tuple[Across, ...]

    @property
    def places(self) -> list[Place]:
        """How many times as fast the second device is, size by size, where that is known."""
        return [
            Place(each.size, each.comparison.ratio, certain(each.comparison.ratio, each.floor))
            for each in self.results
            if each.comparison.ratio
        ]

    @property
    def crossings(self) -> list[Crossing]:
        """Where one device overtakes the other with growing batches."""
        first, second = self.results[0].devices
        places = self.places
        turned = [replace(p, ratio=_turned(p)) for p in places]
        rises = [Crossing(second, first, *span) for span in spans(places)]
        return [*rises, *(Crossing(first, second, *span) for span in spans(turned))]


def _turned(place: Place) -> stats.Summary:
    """The ratio seen from the other side."""
    ratio = place.ratio
    low, high = (None if end is None else 1 / end for end in (ratio.high, ratio.low))
    return stats.Summary(1 / ratio.centre, low, high, ratio.n)


def lines(found: Sequence[Across]) -> list[Line]:
    """What belongs together over batch sizes, in the plan's order."""
    alike: dict[tuple[Case, Case], list[Across]] = {}
    for each in found:
        key = (BATCH_SIZES.without(each.reference.case), BATCH_SIZES.without(each.other.case))
        alike.setdefault(key, []).append(each)
    return [Line(tuple(sorted(results, key=lambda each: each.size))) for results in alike.values()]
