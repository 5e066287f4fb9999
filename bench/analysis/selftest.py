"""A selftest's numbers -> what can be said of the instrument: cost, false alarms, recovery, resolution. No TensorFlow.

Leaves out how they were measured (selftest.py) and the wording (report/selftest.py).
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from scipy import special

from bench.analysis.results import CaseResult, Run, block_ratios
from bench.analysis.stats import ratios as stats
from bench.analysis.stats.ratios import ALPHA, Summary, Verdict
from bench.records.selftest import Harness, SelfTest

WANTED_POWER = 0.9  # "finds" means: in nine of ten runs
MOST_BIAS = 0.02  # of a recovered slow-down, beyond which the instrument is called out of order
ALARM_P = 0.01  # as many false alarms are called out of order where chance would give them more rarely


@dataclass(frozen=True, slots=True)
class HarnessCost:
    """How many times as long a step takes in the harness' slices as in a bare loop: the median over pairs of turns."""

    mode: str
    ratio: Summary
    slice_s: float
    loop_s: float


@dataclass(frozen=True, slots=True)
class Alike:
    """The mode against itself: over all blocks of all measured runs, and how many of these called it different."""

    ratio: Summary | None
    runs: int
    alarms: int

    @property
    def too_many(self) -> bool:
        """Whether so many alarms are rarer than ALARM_P where 5 % of runs may be wrong."""
        return bool(self.alarms) and float(special.bdtrc(self.alarms - 1, self.runs, ALPHA)) < ALARM_P


@dataclass(frozen=True, slots=True)
class Recovery:
    """A planted slow-down, found again. `measured` is the share of time that the runs say was added, with `bias` what
    they say too much as a factor (1: none); `found` counts the runs that called it SLOWER, each on its own."""

    slowdown: float
    bias: Summary
    runs: int
    found: int
    power: float

    @property
    def measured(self) -> tuple[float, float | None, float | None]:
        """The added share of time with its interval."""
        return (
            self.bias.centre * (1 + self.slowdown) - 1,
            self.bias.low and self.bias.low * (1 + self.slowdown) - 1,
            self.bias.high and self.bias.high * (1 + self.slowdown) - 1,
        )

    @property
    def off(self) -> bool:
        """Whether the planted size is missed for certain, and by more than matters."""
        bias = self.bias
        outside = bias.low is not None and bias.high is not None and not bias.low <= 1 <= bias.high
        return outside and abs(bias.centre - 1) > MOST_BIAS


@dataclass(frozen=True, slots=True)
class Resolution:
    """The smallest slow-down that a comparison of so many blocks finds with WANTED_POWER, as a share of time."""

    blocks: int
    smallest: float


@dataclass(frozen=True, slots=True)
class Instrument:
    """All that a selftest says."""

    selftest: SelfTest
    harness: tuple[HarnessCost, ...]
    alike: Alike
    recoveries: tuple[Recovery, ...]
    block_sd: float | None
    resolutions: tuple[Resolution, ...]
    broken: tuple[str, ...] = ()  # cases that failed or were invalid, which nothing above counts

    @property
    def out_of_order(self) -> tuple[str, ...]:
        """What is wrong with the instrument; nothing where it is in order."""
        found = []
        if self.alike.too_many:
            found.append(f"{self.alike.alarms} of {self.alike.runs} runs called the mode different from itself")
        for recovery in self.recoveries:
            if recovery.off:
                measured = recovery.measured[0]
                found.append(f"a slow-down of {recovery.slowdown:.0%} was measured as {measured:.1%}")
        return tuple(found)


def judge(selftest: SelfTest, runs: Sequence[Run], budgets: Sequence[int]) -> Instrument:
    """What the selftest says; `budgets` are numbers of blocks whose resolution is wanted."""
    results = [[group.baseline, *group.cases[1:]] for run in runs for group in run.groups]
    alike = _alike(results)
    block_sd = _block_sd(results)
    slowdowns = sorted({result.case.slowdown for case in results for result in case} - {0.0})
    recoveries = tuple(r for share in slowdowns if (r := _recovery(results, share, block_sd)))
    resolutions = tuple(Resolution(n, _smallest(block_sd, n)) for n in budgets) if block_sd else ()
    costs, broken = tuple(map(_cost, selftest.harness)), tuple(text for run in runs for text in _broken(run))
    return Instrument(selftest, costs, alike, recoveries, block_sd, resolutions, broken)


def _broken(run: Run) -> list[str]:
    name = f"run {run.plan.seed:02}"  # as its folder is called
    invalid = [f"{name}, {result.title}: INVALID: {why}" for _, result in run.rows() for why in result.invalid]
    failed = [f"{name}, {f.case.arm}: failed at {f.stage} in block {f.block}: {f.message}" for f in run.breakdowns]
    return [*invalid, *failed]


def _cost(harness: Harness) -> HarnessCost:
    ratios = [a / b for a, b in zip(harness.slices_s, harness.loops_s, strict=True)]
    medians = statistics.median(harness.slices_s), statistics.median(harness.loops_s)
    return HarnessCost(harness.mode, stats.median_summary(ratios), *medians)


Pair = tuple[CaseResult, CaseResult]


def _measured(pairs: Sequence[Pair]) -> list[Pair]:
    """A run that has no ratio of the two is none that found nothing."""
    return [pair for pair in pairs if block_ratios(*pair)]


def _alike(results: Sequence[Sequence[CaseResult]]) -> Alike:
    pairs = _measured([(cases[0], again) for cases in results for again in cases if again.case.again])
    alarms = sum(_verdict(pair) in (Verdict.FASTER, Verdict.SLOWER) for pair in pairs)
    ratios = [ratio for pair in pairs for ratio in block_ratios(*pair)]
    return Alike(stats.summarise(ratios) if ratios else None, len(pairs), alarms)


def _recovery(results: Sequence[Sequence[CaseResult]], share: float, block_sd: float | None) -> Recovery | None:
    pairs = _measured([(cases[0], slowed) for cases in results for slowed in cases if slowed.case.slowdown == share])
    ratios = [1 / ratio / (1 + share) for pair in pairs for ratio in block_ratios(*pair)]
    if not ratios:
        return None
    found = sum(_verdict(pair) is Verdict.SLOWER for pair in pairs)
    blocks = round(len(ratios) / len(pairs))
    power = _power(math.log(1 + share), block_sd, blocks) if block_sd and blocks > 1 else math.nan
    return Recovery(share, stats.summarise(ratios), len(pairs), found, power)


def _verdict(pair: Pair) -> Verdict:
    """As of the only comparison of a run without a noise floor, which would be this very ratio."""
    return stats.compare([(block_ratios(*pair), 1.0)])[0].verdict


def _block_sd(results: Sequence[Sequence[CaseResult]]) -> float | None:
    """The standard deviation of a block's log ratio within a run, pooled over runs and over what was slowed.

    Of slowed cases alone, which are held against both entries of the baseline, as any mode of a run is.
    """
    pairs = [(cases[0], other) for cases in results for other in cases[1:] if not other.case.again]
    logs = [[math.log(ratio) for ratio in block_ratios(*pair)] for pair in pairs]
    spread = [(statistics.variance(values) * (len(values) - 1), len(values) - 1) for values in logs if len(values) > 1]
    return math.sqrt(sum(part for part, _ in spread) / sum(n for _, n in spread)) if spread else None


def _power(difference: float, sd: float, blocks: int) -> float:
    """Of the t-test over so many blocks to find a true difference of logarithms on its own side (noncentral t)."""
    freedom, shift = blocks - 1, abs(difference) / sd * math.sqrt(blocks)
    limit = float(special.stdtrit(freedom, 1 - ALPHA / 2))
    return 1 - float(special.nctdtr(freedom, shift, limit))


def _smallest(sd: float, blocks: int) -> float:
    """By bisection, for power grows with the difference."""
    low, high = 0.0, sd
    while _power(high, sd, blocks) < WANTED_POWER:
        low, high = high, 1.5 * high
    while high - low > 1e-5:
        middle = (low + high) / 2
        low, high = (low, middle) if _power(middle, sd, blocks) >= WANTED_POWER else (middle, high)
    return math.exp(high) - 1
