"""What a case costs beside its step time, as ratios: first step, CPU time and peak memory, in a run and between runs.

All ratios are above 1 where a case costs less than what it is compared with, as speedups are.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bench.analysis.comparable import CaseInGroup
from bench.analysis.metrics import METRICS
from bench.analysis.paired import looks_of, paired_by_block
from bench.analysis.results import CaseResult, GroupResult
from bench.analysis.spreads import spread_between
from bench.analysis.stats.between_runs import STEP_SPREAD, BeforeAfter
from bench.analysis.stats.over_time import NO_SPREAD
from bench.analysis.stats.ratios import Comparison, geometric_mean
from bench.analysis.stats.verdicts import BlockRatios, compare_family
from bench.records.run import Measurement
from bench.records.spread import Spread

# Generous: over 60 interleaved repetitions the peak memory of unchanged modes differed by at most 0.3 %
MEMORY_SPREAD = Spread(0.005, 4.0, "assumed")


@dataclass(frozen=True, slots=True)
class Quantity:
    """One of them: its name in gates, the word for "costs more", its metric, and its spread from run to run.

    `paired`: whether two modes of one run share most of that spread, as step times do.
    """

    name: str
    word: str
    title: str
    metric: str
    spread: Spread
    paired: bool = False

    @property
    def key(self) -> str:
        """Its name in files."""
        return self.name.replace(" ", "_")

    def values(self, measurements: Sequence[Measurement]) -> list[float]:
        """The values that were measured."""
        return [value for m in measurements if (value := METRICS[self.metric].value(m))]


QUANTITIES = (
    Quantity("first step", "slower", "first step", "first_call", STEP_SPREAD),
    Quantity("cpu", "slower", "CPU time", "cpu", STEP_SPREAD, paired=True),
    Quantity("memory", "worse", "peak memory", "memory", MEMORY_SPREAD),
)


def quantity(name: str) -> Quantity:
    """The one of this name, as gates or files spell it. Raises StopIteration for another."""
    return next(each for each in QUANTITIES if name in (each.name, each.key))


def cost_ratio(group: GroupResult, a: CaseResult, b: CaseResult, of: Quantity) -> Comparison | None:
    """How many times as much a costs as b, judged on its own; None where it was not measured of both.

    Two entries of the baseline in a block count as their geometric mean.
    """
    pairs = [(of.values(before), of.values(after)) for before, after in paired_by_block(a, b)]
    ratios = [geometric_mean(before) / geometric_mean(after) for before, after in pairs if before and after]
    if not ratios:
        return None
    between = spread_between(group.spreads, a.case, b.case)
    spread = between if of.paired or between is NO_SPREAD else of.spread
    skipped = max(a.skipped_blocks, b.skipped_blocks)
    return compare_family([BlockRatios(ratios, looks=looks_of(a, b), spread=spread, skipped_blocks=skipped)])[0]


def cost_logs(before: CaseInGroup, after: CaseInGroup, interleaved: bool, of: Quantity) -> BeforeAfter | str:
    """What is judged of a cost's change between two runs; the reason where it was not measured in both."""
    first, other = before[1], after[1]
    logs = [[-math.log(value) for value in of.values(result.measurements)] for result in (first, other)]
    if not all(logs):
        return f"{of.title} was not measured in both runs"
    paired = interleaved and len(logs[0]) == len(logs[1])
    looks = looks_of(first, first), looks_of(other, other)
    skipped = min(first.skipped_blocks, other.skipped_blocks)
    return BeforeAfter(logs[0], logs[1], paired, 1.0, (of.spread, of.spread), looks, skipped)
