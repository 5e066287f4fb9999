"""The results of a run: its cases, groups and ratios, as every table, plot and sentence reads them."""

from dataclasses import dataclass

from bench import modes
from bench.analysis.metrics import METRICS, STEP_METRICS
from bench.analysis.stats.ratios import (
    ENOUGH_BLOCKS,
    BreakEven,
    Comparison,
    Summary,
    summarise,
)
from bench.records.case import Case
from bench.records.ledger import LeftOut
from bench.records.run import (
    NO_FAULT,
    NOT_APPLICABLE,
    NOT_AVAILABLE,
    NOT_COMPARABLE,
    Failure,
    Measurement,
    Outcome,
    Plan,
)
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
        return modes.row(self.case.mode).title + self.case.variant

    @property
    def not_applicable(self) -> str:
        """Why the mode cannot run the task, if it cannot."""
        return self._refused(NOT_APPLICABLE)

    @property
    def not_available(self) -> str:
        """Why its device could not be used, if nothing was measured because of that."""
        return "" if self.measurements else self._refused(NOT_AVAILABLE)

    @property
    def other_by_design(self) -> str:
        """Why the mode does other work than the baseline by design, so that it is not timed; '' where it does not."""
        return self._refused(NOT_COMPARABLE)

    @property
    def refused(self) -> str:
        """Why it was not timed, through no fault of its own; '' where it was, or failed."""
        return self.not_available or self.not_applicable or self.other_by_design

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
        measured = [value for m in self.measurements if (value := METRICS[metric].value(m))]  # 0: seen by no clock
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
        """The candidates of the baseline's framework, to choose from without leaving it: several replicas, or none."""
        peer, choices = modes.row(self.baseline.case.mode).peer, [r for r in self.candidates if r.case.replicas != 1]
        return tuple(result for result in choices if modes.row(result.case.mode).peer == peer)

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
        return tuple(o.failure for o in self.outcomes if o.failure and o.failure.stage not in NO_FAULT)

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
