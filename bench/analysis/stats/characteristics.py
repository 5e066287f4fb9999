"""What the statistics do on a simulated machine: how often an interval holds the truth, false alarms, what is found.

Every number comes from the very functions that judge a run (stats.py) and the presets' own schedules (plan.py), beside
the naive way on as many slices. Leaves out the noise (simulation.py).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from bench.analysis.stats import ratios as stats
from bench.analysis.stats import simulation
from bench.analysis.stats.ratios import ALPHA, PILOT_BLOCKS, Summary, Verdict
from bench.analysis.stats.simulation import Floats, Machine
from bench.records.choices import PRESETS
from bench.records.run import Samples, Schedule

DIFFERENCE = 1.03
MOST_BLOCKS = 120  # of a simulated run that is stopped by its precision
STANDARD = next(preset.schedule for preset in PRESETS if preset.name == "standard")


@dataclass(frozen=True, slots=True)
class Characteristic:
    """Shares of simulated runs on one machine, by the suite and by the naive way.

    `covered`: the interval of a ratio of DIFFERENCE holds it; `found`: and it is called different; `alarms`: a ratio
    of 1 is called different.
    """

    machine: str
    covered: float
    alarms: float
    found: float
    naive_covered: float
    naive_alarms: float
    naive_found: float


@dataclass(frozen=True, slots=True)
class Stopping:
    """Simulated runs that end when their interval is within +-goal: how many hold the truth, and their mean length."""

    goal: float
    covered: float
    blocks: float


def characterise(machine: Machine, runs: int, seed: int = 0, schedule: Schedule = STANDARD) -> Characteristic:
    """One machine, with so many runs of the schedule for each share."""
    rng = np.random.default_rng([seed, *machine.title.encode()])
    equal = [_compare(ratios) for ratios in simulated(machine, rng, runs, schedule, 1.0)]
    faster = [_compare(ratios) for ratios in simulated(machine, rng, runs, schedule, DIFFERENCE)]
    naive = [_naive(machine, rng, runs, schedule, ratio) for ratio in (1.0, DIFFERENCE)]
    return Characteristic(
        machine.title,
        covered=_share(_holds(ratio, DIFFERENCE) for ratio, _ in faster),
        alarms=_share(verdict in (Verdict.FASTER, Verdict.SLOWER) for _, verdict in equal),
        found=_share(verdict is Verdict.FASTER for _, verdict in faster),
        naive_covered=_share(_holds(ratio, DIFFERENCE) for ratio in naive[1]),
        naive_alarms=_share(not _holds(ratio, 1.0) for ratio in naive[0]),
        naive_found=_share(ratio.low is not None and ratio.low > 1 for ratio in naive[1]),
    )


def stopped(machine: Machine, goal: float, runs: int, seed: int = 0, first: int = PILOT_BLOCKS) -> Stopping:
    """Runs with --precision: blocks until the interval is narrow enough, `first` of them without looking."""
    rng = np.random.default_rng(seed)
    endless = Schedule("endless", MOST_BLOCKS, STANDARD.rounds, 0, STANDARD.slice_s)
    summaries = [_until(ratios, goal, first) for ratios in simulated(machine, rng, runs, endless, DIFFERENCE)]
    covered = _share(_holds(summary, DIFFERENCE) for summary in summaries)
    return Stopping(goal, covered, sum(summary.n for summary in summaries) / runs)


def simulated(
    machine: Machine, rng: np.random.Generator, runs: int, schedule: Schedule, ratio: float
) -> list[list[float]]:
    """The block ratios of so many runs."""
    seconds = simulation.blocks(machine, rng, runs * schedule.blocks, schedule.rounds, ratio)
    ratios = [block_ratio(block) for block in seconds]
    return [ratios[start : start + schedule.blocks] for start in range(0, len(ratios), schedule.blocks)]


def block_ratio(seconds: Floats, share: float = stats.QUIET) -> float:
    """Of one block, [cases, rounds], the last against all others, by the functions that a run uses."""
    *before, after = (Samples(tuple(own.tolist()), 1) for own in seconds)
    return stats.geometric_mean([stats.block_ratio(own, after, share) for own in before])


def _compare(ratios: Sequence[float]) -> tuple[Summary, Verdict]:
    (comparison,) = stats.compare([(ratios, 1.0)])
    assert comparison.ratio
    return comparison.ratio, comparison.verdict


def _until(ratios: Sequence[float], goal: float, first: int) -> Summary:
    """As run.py stops."""
    blocks = first
    while (summary := stats.summarise(ratios[:blocks])).half_width > goal and blocks < len(ratios):
        blocks += 1
    return summary


def _naive(machine: Machine, rng: np.random.Generator, runs: int, schedule: Schedule, ratio: float) -> list[Summary]:
    """One after the other, all slices pooled: the ratio of means with an interval over slices, as many as a run's."""
    seconds = simulation.in_sequence(machine, rng, runs, schedule.blocks * schedule.rounds, ratio)
    means = seconds.mean(axis=2)
    errors = seconds.std(axis=2, ddof=1) / np.sqrt(seconds.shape[2]) / means
    error = np.sqrt((errors**2).sum(axis=1))
    half = float(special.ndtri(1 - ALPHA / 2)) * error
    centres = means[:, 0] / means[:, 1]
    return [
        Summary(float(c), float(c * np.exp(-h)), float(c * np.exp(h)), runs) for c, h in zip(centres, half, strict=True)
    ]


def _holds(summary: Summary, truth: float) -> bool:
    return summary.low is not None and summary.high is not None and summary.low <= truth <= summary.high


def _share(holding: Iterable[bool]) -> float:
    found = list(holding)
    return sum(found) / len(found)
