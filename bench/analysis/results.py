"""What a run comes to: its cases, groups and ratios, as every table, plot and sentence reads them."""

from dataclasses import dataclass, replace

from bench import modes
from bench.analysis import metrics
from bench.analysis.stats import ratios as stats
from bench.analysis.stats.ratios import ENOUGH_BLOCKS, BreakEven, Comparison, Summary
from bench.records.case import Case
from bench.records.ledger import LeftOut
from bench.records.run import NOT_APPLICABLE, NOT_AVAILABLE, Failure, Measurement, Outcome, Plan, Samples
from cifar_core.workload import Workload


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case over all blocks. `comparison` is None for the baseline; `invalid` says why it must not be believed.

    `sat_out` counts the blocks that it was spared for being far slower than the baseline. `twin` holds what else was
    measured of the very same case in the same blocks: of the baseline, its second entry.
    """

    case: Case
    measurements: tuple[Measurement, ...]
    failures: tuple[Failure, ...]
    invalid: tuple[str, ...]
    comparison: Comparison | None = None
    break_even: BreakEven | None = None
    sat_out: int = 0
    warnings: tuple[str, ...] = ()
    twin: tuple[Measurement, ...] = ()

    @property
    def title(self) -> str:
        """The mode's title, as tables and plots call it."""
        title = modes.row(self.case.mode).title
        calls = f", {self.case.steps_per_call} a call" if self.case.steps_per_call else ""
        slowed = f", slowed by {self.case.slowdown:.0%}" if self.case.slowdown else ""
        return f"{title}{calls}{slowed}{' (again)' if self.case.again else ''}"

    @property
    def not_applicable(self) -> str:
        """Why the mode cannot hold the task, if it cannot."""
        return self._refused(NOT_APPLICABLE)

    @property
    def not_available(self) -> str:
        """Why its device could not be used, if nothing was measured for that."""
        return "" if self.measurements else self._refused(NOT_AVAILABLE)

    @property
    def blocks(self) -> int | None:
        """How many blocks its comparison has, those that it sat out not missing; None without a ratio."""
        ratio = self.comparison.ratio if self.comparison else None
        return ratio.n + self.sat_out if ratio else None

    def _refused(self, stage: str) -> str:
        return next((failure.message for failure in self.failures if failure.stage == stage), "")

    @property
    def valid(self) -> bool:
        """Measured at least once, and nothing speaks against it."""
        return bool(self.measurements) and not self.invalid

    def summary(self, metric: str) -> Summary | None:
        """A metric of metrics.METRICS across the blocks; None where nothing was measured, or nothing to be believed."""
        value = metrics.METRICS[metric].value
        values = [found for m in self.measurements if (found := value(m)) is not None]
        return stats.summarise(values) if values and self.valid else None


@dataclass(frozen=True, slots=True)
class GroupResult:
    """Cases that share all but the mode. `floor` is the noise floor as a ratio of at least 1, None without A/A."""

    name: str
    cases: tuple[CaseResult, ...]
    again: Summary | None
    floor: float | None

    @property
    def baseline(self) -> CaseResult:
        """What all others are compared with."""
        return self.cases[0]

    @property
    def candidates(self) -> tuple[CaseResult, ...]:
        """All but the baseline and its second entry."""
        return tuple(result for result in self.cases[1:] if not result.case.again)

    @property
    def workload(self) -> Workload:
        """The workload that all cases share."""
        return self.baseline.case.workload

    @property
    def title(self) -> str:
        """The group in words."""
        return self.baseline.case.group_title


@dataclass(frozen=True, slots=True)
class Run:
    """A whole run, ready to be reported."""

    plan: Plan
    outcomes: tuple[Outcome, ...]
    groups: tuple[GroupResult, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def blocks(self) -> int:
        """How many blocks have at least one measurement."""
        return len({outcome.block for outcome in self.outcomes if outcome.measurement})

    @property
    def fewest_blocks(self) -> int:
        """How many blocks the comparison has that has fewest."""
        return min([self.blocks, *(result.blocks for _, result in self.rows() if result.blocks is not None)])

    @property
    def enough(self) -> bool:
        """Whether there are blocks enough for a claim, in every comparison there is."""
        return self.fewest_blocks >= ENOUGH_BLOCKS

    @property
    def label(self) -> str:
        """What must stand beside every number made on synthetic images."""
        return " (synthetic images)" if self.plan.synthetic else ""

    @property
    def breakdowns(self) -> tuple[Failure, ...]:
        """Every failure of a case that should have come through."""
        failures = (outcome.failure for outcome in self.outcomes if outcome.failure)
        return tuple(failure for failure in failures if failure.stage not in (NOT_APPLICABLE, NOT_AVAILABLE))

    @property
    def absent(self) -> dict[str, str]:
        """The devices that could not be used, each with the reason."""
        return {result.case.device: result.not_available for _, result in self.rows() if result.not_available}

    @property
    def failed(self) -> bool:
        """Whether any case failed or turned out invalid in any block, or a device was missed.

        A device that is not there is missed where it was asked for by number, or where there was no other.
        """
        missed = any(device in self.plan.needed for device in self.absent) or (self.absent and not self.blocks)
        contradictory = any(line.contradicts for line in self.left_out)
        return bool(self.breakdowns or missed or contradictory) or any(result.invalid for _, result in self.rows())

    def rows(self) -> list[tuple[GroupResult, CaseResult]]:
        """Every case with its group, in the plan's order."""
        return [(group, result) for group in self.groups for result in group.cases]


def block_ratios(baseline: CaseResult, candidate: CaseResult, share: float = stats.QUIET) -> list[float]:
    """How many times as fast the candidate was, block by block; none where one of the two is not to be believed.

    What was measured twice in a block counts as the mean of both, on the log scale, but against its own twin.
    """
    if not (baseline.valid and candidate.valid):
        return []
    before, after = _by_block(baseline, candidate), _by_block(candidate, baseline)
    return [
        stats.geometric_mean([stats.block_ratio(b, c, share) for b in before[block] for c in after[block]])
        for block in sorted(before.keys() & after.keys())
    ]


def _by_block(result: CaseResult, other: CaseResult) -> dict[int, list[Samples]]:
    """The samples of each block in which the case itself was measured, with its twin's unless `other` is that."""
    found = {m.block: [m.steady] for m in result.measurements}
    alike = replace(result.case, again=False) == replace(other.case, again=False)
    for m in () if alike else result.twin:
        if m.block in found:
            found[m.block].append(m.steady)
    return found


def ratio_between(a: CaseResult, b: CaseResult, share: float = stats.QUIET) -> Summary | None:
    """How many times as fast b was as a, by block; None where they were not both measured and valid.

    `share` 1 takes all slices, those included that something else on the machine disturbed.
    """
    ratios = block_ratios(a, b, share)
    return stats.summarise(ratios) if ratios else None
