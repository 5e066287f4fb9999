"""How the time of a step scales with the number of replicas: strong and weak scaling, and the all-reduce's share."""

from dataclasses import dataclass, replace

from bench.analysis.results import CaseResult, GroupResult, Run
from bench.analysis.speedups import comparison_of, judged
from bench.analysis.stats.ratios import Comparison, Summary
from bench.analysis.stats.verdicts import compare_family
from bench.records.replicas import AllReduceCost, ReplicaProof


@dataclass(frozen=True, slots=True)
class Scaling:
    """A case on several replicas against the same strategy on one.

    `speedup` is the time on one over the time on all; `efficiency` what it is of the most there can be: of a fixed
    global batch the number of replicas, of a fixed batch for each replica 1.
    """

    group: GroupResult
    one: CaseResult
    several: CaseResult
    speedup: Comparison
    efficiency: Summary

    @property
    def proof(self) -> ReplicaProof | None:
        """What the worker saw of the replicas."""
        return next((m.proof.replicas for m in self.several.measurements if m.proof.replicas), None)

    @property
    def all_reduce(self) -> AllReduceCost | None:
        """What averaging the gradients costs; measured in the run's first block."""
        costs = (m.costs.all_reduce for m in self.several.measurements if m.costs)
        return next((cost for cost in costs if cost), None)


def strong(run: Run) -> list[Scaling]:
    """The same global batch on one replica and on several, in every group."""
    return [each for group in run.groups for each in strong_in(group)]


def strong_in(group: GroupResult) -> list[Scaling]:
    """The same in one group; each pair judged on its own."""
    found = [(group, one, several, judged(group, one, several)) for one, several in _pairs(group, group)]
    return [
        Scaling(group, one, several, speedup, _over(speedup.over_time, several.case.replicas))
        for group, one, several, speedup in found
        if speedup and speedup.over_time
    ]


def weak(run: Run) -> list[Scaling]:
    """The same batch for each replica: so many times the batch on so many replicas.

    The pairs are of two groups, which are interleaved repetition by repetition, and are judged as one family.
    """
    pairs = [
        (group, one, several, max(first.aa_difference or 1.0, group.aa_difference or 1.0))
        for first in run.groups
        for group in run.groups
        for one, several in _pairs(first, group)
        if _times_as_large(one, several)
    ]
    compared = [comparison_of(one, several, aa, run.plan.spreads) for _, one, several, aa in pairs]
    verdicts = iter(compare_family([each for each in compared if each]))
    found = [(*pair, next(verdicts)) for pair, each in zip(pairs, compared, strict=True) if each]
    return [
        Scaling(group, one, several, speedup, speedup.over_time)
        for group, one, several, _, speedup in found
        if speedup.over_time
    ]


def _pairs(first: GroupResult, second: GroupResult) -> list[tuple[CaseResult, CaseResult]]:
    """Each case on one replica in the first group, and those of its mode on several in the second."""
    ones = [r for r in first.cases if r.case.replicas == 1 and not r.case.again]
    several = [r for r in second.cases if r.case.replicas > 1 and not r.case.again]
    return [(one, many) for one in ones for many in several if one.case.mode == many.case.mode]


def _times_as_large(one: CaseResult, several: CaseResult) -> bool:
    """Whether the two differ in nothing but that the batch is so many times as large as there are replicas."""
    size = one.case.workload.batch_size * several.case.replicas
    grown = replace(one.case, replicas=0, workload=replace(one.case.workload, batch_size=size))
    return grown == replace(several.case, replicas=0, hosts=0)


def _over(ratio: Summary, times: int) -> Summary:
    """A ratio and its interval as a share of `times`."""
    low, high = (None if end is None else end / times for end in (ratio.low, ratio.high))
    return Summary(ratio.centre / times, low, high, ratio.n)
