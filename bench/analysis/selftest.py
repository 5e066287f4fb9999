"""A self-test's numbers -> overhead of the benchmark, false positives, recovered slowdowns, and its resolution here."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import special

from bench.analysis.paired import block_ratios
from bench.analysis.results import CaseResult, Run
from bench.analysis.speedups import comparison_of
from bench.analysis.stats.power import pooled_sd, power, smallest
from bench.analysis.stats.ratios import ALPHA, Summary, Verdict, median_summary, summarise
from bench.analysis.stats.verdicts import compare_family
from bench.records.selftest import Harness, SelfTest

MOST_BIAS = 0.02  # of a recovered slowdown; beyond it the self-test fails
ALARM_P = 0.01  # the self-test fails where chance gives as many false positives more rarely than this


@dataclass(frozen=True, slots=True)
class HarnessCost:
    """How many times as long a step takes in the benchmark's slices as in a bare loop: the median over pairs."""

    mode: str
    ratio: Summary
    slice_s: float
    loop_s: float


@dataclass(frozen=True, slots=True)
class AAControl:
    """The mode compared with itself: the ratio over all blocks of all runs, and how many runs found a difference."""

    ratio: Summary | None
    runs: int
    false_positives: int

    @property
    def too_many(self) -> bool:
        """Whether so many false positives are rarer than ALARM_P where 5 % of runs are allowed one."""
        if not self.false_positives:
            return False
        return float(special.bdtrc(self.false_positives - 1, self.runs, ALPHA)) < ALARM_P


@dataclass(frozen=True, slots=True)
class Recovery:
    """An injected slowdown as the runs measured it.

    `slowdown` is the injected share of time, asleep or, from 100 %, in more steps for each that is counted. `bias` is
    the measured factor over the injected one (1: none). `detected` counts the runs that called it SLOWER, each on its
    own; `power` is the share expected from the spread of blocks.
    """

    slowdown: float
    bias: Summary
    runs: int
    detected: int
    power: float

    @property
    def measured(self) -> tuple[float, float | None, float | None]:
        """The measured share of added time with its interval."""
        injected, bias = 1 + self.slowdown, self.bias
        return (
            bias.centre * injected - 1,
            bias.low and bias.low * injected - 1,
            bias.high and bias.high * injected - 1,
        )

    @property
    def biased(self) -> bool:
        """Whether the interval excludes the injected size, and the bias exceeds MOST_BIAS."""
        bias = self.bias
        outside = bias.low is not None and bias.high is not None and not bias.low <= 1 <= bias.high
        return outside and abs(bias.centre - 1) > MOST_BIAS


@dataclass(frozen=True, slots=True)
class Resolution:
    """The smallest slowdown, as a share of time, that a run of this many blocks detects with WANTED_POWER."""

    blocks: int
    smallest: float


@dataclass(frozen=True, slots=True)
class SelfTestResult:
    """All results of a self-test. `block_sd`: standard deviation of a block's log ratio within a run."""

    selftest: SelfTest
    harness: tuple[HarnessCost, ...]
    control: AAControl
    recoveries: tuple[Recovery, ...]
    block_sd: float | None
    resolutions: tuple[Resolution, ...]
    broken: tuple[str, ...] = ()  # cases that failed or were invalid, which nothing above counts

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the self-test did not pass; empty where it passed."""
        control = self.control
        false_positives = f"{control.false_positives} of {control.runs} runs called the mode different from itself"
        return (
            *([false_positives] if control.too_many else []),
            *(
                f"a slowdown of {recovery.slowdown:.0%} was measured as {recovery.measured[0]:.1%}"
                for recovery in self.recoveries
                if recovery.biased
            ),
        )


Group = Sequence[CaseResult]  # the cases of one run, the baseline first
CasePair = tuple[CaseResult, CaseResult]


def evaluate(selftest: SelfTest, runs: Sequence[Run], budgets: Sequence[int]) -> SelfTestResult:
    """The results of a self-test; `budgets` are the numbers of blocks for which the resolution is wanted."""
    groups = [group.cases for run in runs for group in run.groups]
    block_sd = _block_sd(groups)
    slowdowns = sorted({result.case.injected for group in groups for result in group} - {0.0})
    return SelfTestResult(
        selftest,
        tuple(map(_harness_cost, selftest.harness)),
        _control(groups),
        tuple(recovery for share in slowdowns if (recovery := _recovery(groups, share, block_sd))),
        block_sd,
        tuple(Resolution(blocks, smallest(block_sd, blocks)) for blocks in budgets) if block_sd else (),
        tuple(text for run in runs for text in _broken(run)),
    )


def _broken(run: Run) -> list[str]:
    name = f"run {run.plan.seed:02}"  # as its folder is called
    invalid = [f"{name}, {result.title}: INVALID: {why}" for _, result in run.rows() for why in result.invalid]
    failed = [f"{name}, {f.case.arm}: failed at {f.stage} in block {f.block}: {f.message}" for f in run.breakdowns]
    left_out = [f"{name}: {line.text}" for line in run.left_out]
    return [*invalid, *failed, *left_out]


def _harness_cost(harness: Harness) -> HarnessCost:
    ratios = [slice_s / loop_s for slice_s, loop_s in zip(harness.slices_s, harness.loops_s, strict=True)]
    medians = statistics.median(harness.slices_s), statistics.median(harness.loops_s)
    return HarnessCost(harness.mode, median_summary(ratios), *medians)


def _measured(pairs: Sequence[CasePair]) -> list[CasePair]:
    """The pairs that have a ratio: a run without one does not count as a run that detected nothing."""
    return [pair for pair in pairs if block_ratios(*pair)]


def _control(groups: Sequence[Group]) -> AAControl:
    pairs = _measured([(group[0], result) for group in groups for result in group if result.case.again])
    verdicts = [_verdict(pair) for pair in pairs]
    false_positives = sum(verdict.faster or verdict.slower for verdict in verdicts)
    ratios = [ratio for pair in pairs for ratio in block_ratios(*pair)]
    return AAControl(summarise(ratios) if ratios else None, len(pairs), false_positives)


def _recovery(groups: Sequence[Group], share: float, block_sd: float | None) -> Recovery | None:
    pairs = _measured([(group[0], result) for group in groups for result in group if result.case.injected == share])
    biases = [1 / ratio / (1 + share) for pair in pairs for ratio in block_ratios(*pair)]
    if not biases:
        return None
    detected = sum(_verdict(pair).slower for pair in pairs)
    blocks = round(len(biases) / len(pairs))
    expected = power(math.log1p(share), block_sd, blocks) if block_sd and blocks > 1 else math.nan
    return Recovery(share, summarise(biases), len(pairs), detected, expected)


def _verdict(pair: CasePair) -> Verdict:
    """The verdict on the pair alone, without an A/A difference, which would be this very ratio."""
    compared = comparison_of(*pair, aa_difference=None)
    assert compared
    return compare_family([compared])[0].verdict


def _block_sd(groups: Sequence[Group]) -> float | None:
    """The standard deviation of a block's log ratio within a run, pooled over runs and slowdowns.

    From slowed cases alone: they are compared with both entries of the baseline, as any mode of a run is.
    """
    pairs = [(group[0], result) for group in groups for result in group[1:] if not result.case.again]
    logs = [[math.log(ratio) for ratio in block_ratios(*pair)] for pair in pairs]
    return pooled_sd(logs)
