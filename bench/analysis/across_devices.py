"""The same mode compared across devices: its speedup on each pair, and the batch size at which one overtakes the other.

Devices are interleaved block by block, not slice by slice as the modes of a group are; so a block on one device is
compared with the same block on the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product

from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.speedups import comparison_of
from bench.analysis.stats.ratios import Comparison, Verdict
from bench.analysis.stats.verdicts import compare_family
from bench.analysis.sweep import BATCH_SIZES, Crossing, RatioAtSize, at_size, rises_through_one
from bench.analysis.validity import unequal_work
from bench.records.case import Case


@dataclass(frozen=True, slots=True)
class DeviceComparison:
    """One mode on two devices. `comparison`: its speedup on `other` over `reference`.

    `aa_difference`: the larger of the two groups' A/A differences, as a ratio of at least 1.
    """

    reference: CaseResult
    other: CaseResult
    aa_difference: float
    comparison: Comparison

    @property
    def title(self) -> str:
        """The mode's title."""
        return self.other.title

    @property
    def devices(self) -> tuple[str, str]:
        """Both devices in words, the reference first."""
        return device_title(self.reference.case), device_title(self.other.case)

    @property
    def size(self) -> int:
        """The batch size."""
        return self.other.case.workload.batch_size


def device_title(case: Case) -> str:
    """'the CPU', 'the CPU with 2 threads', 'the GPU', 'GPU:1'."""
    threads = f" with {case.threads} thread{'s' * (case.threads > 1)}" if case.threads else ""
    return ("" if ":" in case.device else "the ") + case.device.upper() + threads


def compare_devices(run: Run) -> list[DeviceComparison]:
    """Every mode of the run on every pair of devices, judged as one family; empty where there is no pair."""
    pairs = [pair for groups in _group_pairs(run) for pair in _same_modes(*groups)]
    compared = [
        None if _other_work(reference, other) else comparison_of(reference, other, aa_difference, run.plan.spreads)
        for reference, other, aa_difference in pairs
    ]
    judged = iter(compare_family([each for each in compared if each]))
    return [
        DeviceComparison(reference, other, aa_difference, next(judged) if each else _without_ratio(reference, other))
        for each, (reference, other, aa_difference) in zip(compared, pairs, strict=True)
    ]


def _group_pairs(run: Run) -> list[tuple[GroupResult, GroupResult]]:
    """GPUs with every setting of the CPU; without a GPU, other settings of the CPU with the first."""
    same_work: dict[Case, list[GroupResult]] = {}
    for group in run.groups:
        same_work.setdefault(replace(group.baseline.case, device="", threads=0), []).append(group)
    return [pair for groups in same_work.values() for pair in _pairs_of(groups)]


def _pairs_of(groups: Sequence[GroupResult]) -> list[tuple[GroupResult, GroupResult]]:
    on_cpu = [group for group in groups if group.baseline.case.device == "cpu"]
    on_gpu = [group for group in groups if group.baseline.case.device != "cpu"]
    if on_cpu and on_gpu:
        return list(product(on_cpu, on_gpu))
    return [(groups[0], group) for group in groups[1:]]


def _same_modes(reference: GroupResult, other: GroupResult) -> list[tuple[CaseResult, CaseResult, float]]:
    """Each mode that both groups have, with the larger A/A difference of the two."""
    by_arm = {result.case.arm: result for result in other.cases}
    aa_difference = max(reference.aa_difference or 1.0, other.aa_difference or 1.0)
    return [
        (result, by_arm[result.case.arm], aa_difference)
        for result in reference.cases
        if result.case.arm in by_arm and not result.case.again
    ]


def _other_work(reference: CaseResult, other: CaseResult) -> tuple[str, ...]:
    """Why the two do not do the same work: weights, batches, first losses and gradients, as within a group."""
    if not (reference.measurements and other.measurements):
        return ()
    evidence, expected = other.measurements[0].evidence, reference.measurements[0].evidence
    return unequal_work(evidence, expected, other.case.workload.precision, other.case.device)


def _without_ratio(reference: CaseResult, other: CaseResult) -> Comparison:
    """The comparison of two cases that have no ratio, with the reason."""
    if absent := other.not_available or reference.not_available:
        return Comparison(None, Verdict.NOT_AVAILABLE, reason=absent)
    if unequal := _other_work(reference, other):
        return Comparison(None, Verdict.INVALID, reason="; ".join(unequal))
    if why := other.not_applicable or reference.not_applicable:
        return Comparison(None, Verdict.NOT_APPLICABLE, reason=why)
    return Comparison(None, Verdict.NOT_COMPARABLE, reason="not measured and valid on both")


@dataclass(frozen=True, slots=True)
class DeviceSweep:
    """One mode on one pair of devices over the batch sizes that were run, in order; there may be only one."""

    comparisons: tuple[DeviceComparison, ...]

    @property
    def ratios(self) -> list[RatioAtSize]:
        """The second device's speedup at each size at which it is known."""
        return [ratio for each in self.comparisons if (ratio := at_size(each.size, each.comparison))]

    @property
    def crossings(self) -> list[Crossing]:
        """Where one device overtakes the other with growing batches."""
        first, second = self.comparisons[0].devices
        ratios = self.ratios
        inverse = [replace(each, ratio=each.ratio.inverse) for each in ratios]
        second_overtakes = [Crossing(second, first, *rise) for rise in rises_through_one(ratios)]
        return [*second_overtakes, *(Crossing(first, second, *rise) for rise in rises_through_one(inverse))]


def device_sweeps(comparisons: Sequence[DeviceComparison]) -> list[DeviceSweep]:
    """The comparisons that differ only in their batch size, together; in the plan's order."""
    by_cases: dict[tuple[Case, Case], list[DeviceComparison]] = {}
    for each in comparisons:
        cases = (BATCH_SIZES.without(each.reference.case), BATCH_SIZES.without(each.other.case))
        by_cases.setdefault(cases, []).append(each)
    return [DeviceSweep(tuple(sorted(group, key=lambda each: each.size))) for group in by_cases.values()]
