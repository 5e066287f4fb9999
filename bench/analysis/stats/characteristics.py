"""Operating characteristics on simulated machines: coverage of the intervals, false positives, power.

Every number comes from the functions that judge a run and from the presets' own schedules, next to those of the naive
method on as many slices.
"""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from bench.analysis.stats import simulation
from bench.analysis.stats.ratios import (
    ALPHA,
    PILOT_BLOCKS,
    Average,
    Summary,
    Verdict,
    block_ratio,
    geometric_mean,
    summarise,
)
from bench.analysis.stats.simulation import Floats, Machine
from bench.analysis.stats.verdicts import BlockRatios, compare_family
from bench.records.choices import PRESETS
from bench.records.run import Samples, Schedule

DIFFERENCE = 1.03
MOST_BLOCKS = 120  # of a simulated run that is stopped by its precision
STANDARD = next(preset.schedule for preset in PRESETS if preset.name == "standard")


@dataclass(frozen=True, slots=True)
class Characteristic:
    """Shares (0..1) of simulated runs on one machine, by the suite and by the naive method.

    With a true ratio of DIFFERENCE, `covered`: the interval contains it; `detected`: the verdict is FASTER. With a
    true ratio of 1, `false_positives`: the verdict is FASTER or SLOWER.
    """

    machine: str
    covered: float
    false_positives: float
    detected: float
    naive_covered: float
    naive_false_positives: float
    naive_detected: float


@dataclass(frozen=True, slots=True)
class Stopping:
    """Simulated runs that end when their interval is within +-goal: the share whose interval contains the true ratio,
    and the mean number of blocks."""

    goal: float
    covered: float
    blocks: float


def characterise(machine: Machine, runs: int, seed: int = 0, schedule: Schedule = STANDARD) -> Characteristic:
    """One machine's characteristics, from this many runs of the schedule for each share."""
    rng = np.random.default_rng([seed, *machine.title.encode()])
    equal = [_compare(ratios) for ratios in simulated(machine, rng, runs, schedule, 1.0)]
    faster = [_compare(ratios) for ratios in simulated(machine, rng, runs, schedule, DIFFERENCE)]
    naive = [_naive(machine, rng, runs, schedule, ratio) for ratio in (1.0, DIFFERENCE)]
    return Characteristic(
        machine.title,
        covered=_share(_contains(ratio, DIFFERENCE) for ratio, _ in faster),
        false_positives=_share(verdict in (Verdict.FASTER, Verdict.SLOWER) for _, verdict in equal),
        detected=_share(verdict is Verdict.FASTER for _, verdict in faster),
        naive_covered=_share(_contains(ratio, DIFFERENCE) for ratio in naive[1]),
        naive_false_positives=_share(not _contains(ratio, 1.0) for ratio in naive[0]),
        naive_detected=_share(ratio.low is not None and ratio.low > 1 for ratio in naive[1]),
    )


def stopped(machine: Machine, goal: float, runs: int, seed: int = 0, first: int = PILOT_BLOCKS) -> Stopping:
    """Runs with --precision: at least `first` blocks, then more until the interval is within +-goal."""
    rng = np.random.default_rng(seed)
    endless = Schedule("endless", MOST_BLOCKS, STANDARD.rounds, 0, STANDARD.slice_s)
    seconds = simulation.blocks(machine, rng, runs * endless.blocks, endless.rounds, DIFFERENCE)
    summaries = [_until(run, goal, first) for run in seconds.reshape(runs, endless.blocks, *seconds.shape[1:])]
    covered = _share(_contains(summary, DIFFERENCE) for summary in summaries)
    return Stopping(goal, covered, sum(summary.n for summary in summaries) / runs)


def simulated(
    machine: Machine, rng: np.random.Generator, runs: int, schedule: Schedule, ratio: float
) -> list[list[float]]:
    """The block ratios of this many runs."""
    seconds = simulation.blocks(machine, rng, runs * schedule.blocks, schedule.rounds, ratio)
    ratios = [simulated_block_ratio(block) for block in seconds]
    return [ratios[start : start + schedule.blocks] for start in range(0, len(ratios), schedule.blocks)]


def simulated_block_ratio(seconds: Floats, average: Average = statistics.median) -> float:
    """The last case's speedup over all others in one block, [cases, rounds], by the functions that a run uses."""
    *baselines, candidate = (Samples(tuple(case_s.tolist()), 1) for case_s in seconds)
    return geometric_mean([block_ratio(baseline, candidate, average) for baseline in baselines])


def _compare(ratios: Sequence[float]) -> tuple[Summary, Verdict]:
    (comparison,) = compare_family([BlockRatios(ratios)])
    assert comparison.ratio
    return comparison.ratio, comparison.verdict


def _until(blocks: Floats, goal: float, first: int) -> Summary:
    """The interval at which runner/run.py would stop; only the blocks up to there are looked at."""
    ratios = [simulated_block_ratio(block) for block in blocks[:first]]
    while (summary := summarise(ratios)).half_width > goal and len(ratios) < len(blocks):
        ratios.append(simulated_block_ratio(blocks[len(ratios)]))
    return summary


def _naive(machine: Machine, rng: np.random.Generator, runs: int, schedule: Schedule, ratio: float) -> list[Summary]:
    """Cases measured one after the other, all slices pooled: the ratio of means with an interval over slices."""
    seconds = simulation.in_sequence(machine, rng, runs, schedule.blocks * schedule.rounds, ratio)
    means = seconds.mean(axis=2)
    errors = seconds.std(axis=2, ddof=1) / np.sqrt(seconds.shape[2]) / means
    error = np.sqrt((errors**2).sum(axis=1))
    half = float(special.ndtri(1 - ALPHA / 2)) * error
    centres = means[:, 0] / means[:, 1]
    return [
        Summary(float(c), float(c * np.exp(-h)), float(c * np.exp(h)), runs) for c, h in zip(centres, half, strict=True)
    ]


def _contains(summary: Summary, truth: float) -> bool:
    return summary.low is not None and summary.high is not None and summary.low <= truth <= summary.high


def _share(runs: Iterable[bool]) -> float:
    outcomes = list(runs)
    return sum(outcomes) / len(outcomes)
