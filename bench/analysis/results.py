"""The results of a run: its cases, groups and ratios, as every table, plot and sentence reads them."""

import math
import statistics
from dataclasses import dataclass, replace

from bench import modes
from bench.analysis.metrics import METRICS, STEP_METRICS
from bench.analysis.stats.looks import first_interval
from bench.analysis.stats.ratios import (
    ENOUGH_BLOCKS,
    Average,
    BreakEven,
    Comparison,
    Summary,
    block_ratio,
    geometric_mean,
    summarise,
)
from bench.records.case import Case
from bench.records.ledger import LeftOut
from bench.records.run import NOT_APPLICABLE, NOT_AVAILABLE, Failure, Looks, Measurement, Outcome, Plan
from bench.records.spread import ComparisonSpread
from cifar_core.workload import Workload


@dataclass(frozen=True, slots=True)
class CaseResult:
    """One case over all blocks. `comparison` is None for the baseline; `invalid` says why the case counts for nothing.

    `skipped_blocks` counts the blocks that it skipped for being very slow. `control` holds the measurements of the A/A
    control in the same blocks; only the baseline has them. `steps_s`: seconds of a step by block, which agree with its
    speedup; `baseline_s`: the baseline's in the same rounds, where it took part in fewer rounds or blocks.
    """

    case: Case
    measurements: tuple[Measurement, ...]
    failures: tuple[Failure, ...]
    invalid: tuple[str, ...]
    comparison: Comparison | None = None
    break_even: BreakEven | None = None
    skipped_blocks: int = 0
    warnings: tuple[str, ...] = ()
    control: tuple[Measurement, ...] = ()
    steps_s: tuple[float, ...] = ()
    baseline_s: Summary | None = None

    @property
    def title(self) -> str:
        """The mode's title, as tables and plots call it."""
        title = modes.row(self.case.mode).title
        calls = f", {self.case.steps_per_call} a call" if self.case.steps_per_call else ""
        slowed = f", slowed by {self.case.slowdown:.0%}" if self.case.slowdown else ""
        slowed += f", {self.case.steps_each} steps for each" if self.case.steps_each > 1 else ""
        return f"{title}{calls}{slowed}{', A/A control' if self.case.again else ''}"

    @property
    def not_applicable(self) -> str:
        """Why the mode cannot run the task, if it cannot."""
        return self._refused(NOT_APPLICABLE)

    @property
    def not_available(self) -> str:
        """Why its device could not be used, if nothing was measured because of that."""
        return "" if self.measurements else self._refused(NOT_AVAILABLE)

    @property
    def blocks(self) -> int | None:
        """How many blocks its comparison has, with those that it skipped; None without a ratio."""
        ratio = self.comparison.ratio if self.comparison else None
        return ratio.n + self.skipped_blocks if ratio else None

    def _refused(self, stage: str) -> str:
        return next((failure.message for failure in self.failures if failure.stage == stage), "")

    @property
    def valid(self) -> bool:
        """Whether it was measured at least once and found nowhere invalid."""
        return bool(self.measurements) and not self.invalid

    def summary(self, metric: str) -> Summary | None:
        """A metric of metrics.METRICS across the blocks; None where it was not measured, or the case is invalid."""
        of_step, batch = STEP_METRICS.get(metric), self.case.workload.batch_size
        if of_step and self.steps_s:
            return summarise([of_step(step_s, batch) for step_s in self.steps_s]) if self.valid else None
        values = [METRICS[metric].value(m) for m in self.measurements]
        measured = [value for value in values if value]  # a time of 0 is one that no clock has seen
        return summarise(measured) if measured and self.valid else None


@dataclass(frozen=True, slots=True)
class GroupResult:
    """Cases that share all but the mode, the baseline first.

    `control_ratio` is the A/A control's ratio to the baseline; `aa_difference` is the same as a ratio of at least 1.
    Both are None without a control. `spreads`: what is known of its comparisons' spread from run to run.
    """

    name: str
    cases: tuple[CaseResult, ...]
    control_ratio: Summary | None
    aa_difference: float | None
    spreads: tuple[ComparisonSpread, ...] = ()

    @property
    def baseline(self) -> CaseResult:
        """The case that all others are compared with."""
        return self.cases[0]

    @property
    def candidates(self) -> tuple[CaseResult, ...]:
        """All but the baseline and the A/A control."""
        return tuple(result for result in self.cases[1:] if not result.case.again)

    @property
    def of_one_family(self) -> tuple[CaseResult, ...]:
        """The candidates of the baseline's framework: what can be chosen without leaving it."""
        peer = modes.row(self.baseline.case.mode).peer
        return tuple(result for result in self.candidates if modes.row(result.case.mode).peer == peer)

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
        """The number of blocks of the comparison that has the fewest."""
        return min([self.blocks, *(result.blocks for _, result in self.rows() if result.blocks is not None)])

    @property
    def enough(self) -> bool:
        """Whether every comparison has enough blocks for a claim."""
        return self.fewest_blocks >= ENOUGH_BLOCKS

    @property
    def label(self) -> str:
        """The label of every number made on synthetic images; empty for real ones."""
        return " (synthetic images)" if self.plan.synthetic else ""

    @property
    def breakdowns(self) -> tuple[Failure, ...]:
        """Every failure of a case that should have run."""
        failures = (outcome.failure for outcome in self.outcomes if outcome.failure)
        return tuple(failure for failure in failures if failure.stage not in (NOT_APPLICABLE, NOT_AVAILABLE))

    @property
    def absent(self) -> dict[str, str]:
        """The devices that could not be used, each with the reason."""
        return {
            result.case.device: result.not_available
            for group, result in self.rows()
            if result.not_available and result.case.device != "cpu" and not any(r.measurements for r in group.cases)
        }

    @property
    def not_installed(self) -> dict[str, str]:
        """The modes of other frameworks whose packages are not there, each with what to type."""
        rows = [result for _, result in self.rows() if result.case.device not in self.absent]
        return {result.case.mode: result.not_available for result in rows if result.not_available}

    @property
    def damaged(self) -> bool:
        """Whether its files hold lines that contradict the plan or themselves."""
        return any(line.contradicts for line in self.left_out)

    @property
    def failed(self) -> bool:
        """Whether any case failed or was invalid in any block, or a needed device or framework is absent.

        A device is needed where it was asked for by number, a framework by its mode's name, both where there was
        nothing else.
        """
        absent = [*self.absent, *self.not_installed]
        missed = any(each in self.plan.needed for each in absent) or (absent and not self.blocks)
        return bool(self.breakdowns or missed or self.damaged) or any(result.invalid for _, result in self.rows())

    def rows(self) -> list[tuple[GroupResult, CaseResult]]:
        """Every case with its group, in the plan's order."""
        return [(group, result) for group in self.groups for result in group.cases]


def block_ratios(baseline: CaseResult, candidate: CaseResult, average: Average = statistics.median) -> list[float]:
    """The candidate's speedups, block by block; none where one of the two is invalid.

    The baseline counts as the mean (log scale) of its two measurements in a block, but not against its own control.
    """
    return [
        geometric_mean([block_ratio(b.steady, c.steady, average) for b in baselines for c in candidates])
        for baselines, candidates in paired_by_block(baseline, candidate)
    ]


Entries = list[Measurement]  # of one case in one block: its own, and its control's


def paired_by_block(baseline: CaseResult, candidate: CaseResult) -> list[tuple[Entries, Entries]]:
    """The entries of both in each block that both were measured in; none where one of the two is invalid."""
    if not (baseline.valid and candidate.valid):
        return []
    baselines, candidates = _by_block(baseline, candidate), _by_block(candidate, baseline)
    return [(baselines[block], candidates[block]) for block in sorted(baselines.keys() & candidates.keys())]


def _by_block(result: CaseResult, other: CaseResult) -> dict[int, Entries]:
    """The measurements of each block in which the case was measured, with its control's unless `other` is that."""
    entries = {m.block: [m] for m in result.measurements}
    same_case = replace(result.case, again=False) == replace(other.case, again=False)
    for m in () if same_case else result.control:
        if m.block in entries:
            entries[m.block].append(m)
    return entries


def ratio_between(a: CaseResult, b: CaseResult, average: Average = statistics.median) -> Summary | None:
    """The speedup of b over a across blocks, in this run; None where they were not both measured and valid.

    With the mean as `average` every slice counts, those included that machine noise made longer.
    """
    ratios = block_ratios(a, b, average)
    return first_interval([math.log(ratio) for ratio in ratios], looks_of(a, b)) if ratios else None


def looks_of(a: CaseResult, b: CaseResult) -> Looks | None:
    """When the run might have stopped for these two; None for a number of blocks that was fixed beforehand."""
    return next((m.schedule.looks for case in (a, b) for m in reversed(case.measurements) if m.schedule.looks), None)
