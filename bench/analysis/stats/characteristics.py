"""Operating characteristics on simulated machines: coverage of both intervals, false positives, power, blocks needed.

Every number comes from the functions that judge and stop a run and from the presets' own schedules, next to those of
the naive method on as many slices.
"""

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy import special

from bench.analysis.stats import simulation
from bench.analysis.stats.looks import answered, first_interval
from bench.analysis.stats.over_time import ASSUMED, NO_SPREAD
from bench.analysis.stats.ratios import (
    ALPHA,
    ENOUGH_BLOCKS,
    MARGIN,
    PILOT_BLOCKS,
    Average,
    Comparison,
    Summary,
    block_ratio,
    geometric_mean,
    summarise,
)
from bench.analysis.stats.simulation import CASES, Floats, Machine
from bench.analysis.stats.verdicts import BlockRatios, compare_family
from bench.records.choices import PRESETS
from bench.records.run import Looks, Samples, Schedule
from bench.records.spread import Spread

DIFFERENCE = 1.03
UNTIMED_S = 9.0  # of a block of four modes, checks included: 8 to 11 on two machines of two cores
MOST_BLOCKS = 120  # of a simulated run that is stopped by its width
STANDARD = next(preset.schedule for preset in PRESETS if preset.name == "standard")


@dataclass(frozen=True, slots=True)
class Characteristic:
    """Shares (0..1) of simulated runs on one machine, by the suite and by the naive method.

    Of a mode beside itself, run by its goal: `false_positives`, FASTER or SLOWER where nothing was changed; `detected`,
    FASTER with a true ratio of DIFFERENCE; `blocks` that this took on average, and `seconds`.
    Of two unlike modes that are equally fast over time: `this_run`, the run's interval holds the run's own ratio;
    `over_time`, the second interval, with the assumed spread, holds 1.
    """

    machine: str
    false_positives: float
    detected: float
    blocks: float
    seconds: float
    this_run: float
    over_time: float
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
    """One machine's characteristics, from this many runs by the schedule's goal for each share."""
    rng, looks = np.random.default_rng([seed, *machine.title.encode()]), looks_on(machine, schedule)
    alike = np.zeros((runs, looks.last))
    equal = _judged(machine, rng, schedule, alike, NO_SPREAD)
    faster = _judged(machine, rng, schedule, alike + math.log(DIFFERENCE), NO_SPREAD)
    by_run, offsets = simulation.unlike(machine, rng, runs, looks.last)
    other = _judged(machine, rng, schedule, offsets, ASSUMED)
    blocks = statistics.fmean(each.ratio.n for each in faster if each.ratio)
    return Characteristic(
        machine.title,
        false_positives=_share(each.verdict.faster or each.verdict.slower for each in equal),
        detected=_share(each.verdict.faster for each in faster),
        blocks=blocks,
        seconds=blocks * block_s(machine, schedule),
        this_run=_share(_contains(each.ratio, math.exp(own)) for each, own in zip(other, by_run, strict=True)),
        over_time=_share(_contains(each.over_time, 1.0) for each in other),
        **_naive_shares(machine, rng, runs, round(blocks)),
    )


def block_s(machine: Machine, schedule: Schedule) -> float:
    """Seconds of a block of four modes on a machine."""
    return UNTIMED_S + machine.rounds * CASES * schedule.slice_s


def looks_on(machine: Machine, schedule: Schedule) -> Looks:
    """After which blocks a run by the schedule's goal may stop there."""
    assert schedule.ceiling_s
    return Looks(schedule.blocks, max(schedule.blocks, int(schedule.ceiling_s / block_s(machine, schedule))))


def _judged(
    machine: Machine, rng: np.random.Generator, schedule: Schedule, offsets: Floats, spread: Spread
) -> list[Comparison]:
    """Each run's comparison, where it stopped; its true log ratios are the offsets, [runs, blocks]."""
    runs, most = offsets.shape
    seconds = simulation.blocks(machine, rng, runs * most, machine.rounds, 1.0)
    by_run = seconds.reshape(runs, most, *seconds.shape[1:])
    goal, looks = schedule.goal or MARGIN, looks_on(machine, schedule)
    kept = [_until_answered(*run, looks, goal) for run in zip(by_run, offsets, strict=True)]
    compared = [BlockRatios([math.exp(log) for log in logs], 1.0, looks, spread, goal) for logs in kept]
    return [compare_family([each])[0] for each in compared]


def _until_answered(seconds: Floats, offsets: Floats, looks: Looks, goal: float) -> list[float]:
    """The log ratios of the blocks up to where the run stops; no later one is looked at."""
    logs: list[float] = []
    for block, offset in zip(seconds, offsets, strict=True):
        logs.append(math.log(simulated_block_ratio(block)) + float(offset))
        if len(logs) >= looks.first and answered(first_interval(logs, looks), goal):
            break
    return logs


def stopped(machine: Machine, goal: float, runs: int, seed: int = 0, first: int = PILOT_BLOCKS) -> Stopping:
    """Runs with --target-ci: at least `first` blocks, then more until the interval is within +-goal."""
    rng = np.random.default_rng(seed)
    seconds = simulation.blocks(machine, rng, runs * MOST_BLOCKS, machine.rounds, DIFFERENCE)
    summaries = [_until(run, goal, first) for run in seconds.reshape(runs, MOST_BLOCKS, *seconds.shape[1:])]
    covered = _share(_contains(summary, DIFFERENCE) for summary in summaries)
    return Stopping(goal, covered, sum(summary.n for summary in summaries) / runs)


def _until(blocks: Floats, goal: float, first: int) -> Summary:
    """The interval at which runner/run.py would stop; only the blocks up to there are looked at."""
    ratios = [simulated_block_ratio(block) for block in blocks[:first]]
    while (summary := summarise(ratios)).half_width > goal and len(ratios) < len(blocks):
        ratios.append(simulated_block_ratio(blocks[len(ratios)]))
    return summary


def simulated_block_ratio(seconds: Floats, average: Average = statistics.median) -> float:
    """The last case's speedup over all others in one block, [cases, rounds], by the functions that a run uses."""
    *baselines, candidate = (Samples(tuple(case_s.tolist()), 1) for case_s in seconds)
    return geometric_mean([block_ratio(baseline, candidate, average) for baseline in baselines])


def _naive_shares(machine: Machine, rng: np.random.Generator, runs: int, blocks: int) -> dict[str, float]:
    slices = max(blocks, ENOUGH_BLOCKS) * machine.rounds
    equal, faster = (_naive(machine, rng, runs, slices, ratio) for ratio in (1.0, DIFFERENCE))
    return {
        "naive_false_positives": _share(not _contains(ratio, 1.0) for ratio in equal),
        "naive_detected": _share(ratio.low is not None and ratio.low > 1 for ratio in faster),
    }


def _naive(machine: Machine, rng: np.random.Generator, runs: int, slices: int, ratio: float) -> list[Summary]:
    """Cases measured one after the other, all slices pooled: the ratio of means with an interval over slices."""
    seconds = simulation.in_sequence(machine, rng, runs, slices, ratio)
    means = seconds.mean(axis=2)
    errors = seconds.std(axis=2, ddof=1) / np.sqrt(seconds.shape[2]) / means
    error = np.sqrt((errors**2).sum(axis=1))
    half = float(special.ndtri(1 - ALPHA / 2)) * error
    centres = means[:, 0] / means[:, 1]
    return [
        Summary(float(c), float(c * np.exp(-h)), float(c * np.exp(h)), runs) for c, h in zip(centres, half, strict=True)
    ]


def _contains(summary: Summary | None, truth: float) -> bool:
    return bool(
        summary and summary.low is not None and summary.high is not None and summary.low <= truth <= summary.high
    )


def _share(runs: Iterable[bool]) -> float:
    outcomes = list(runs)
    return sum(outcomes) / len(outcomes)
