"""The run loop of a preset, replayed by the functions that stop and judge a run."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from designs import Design, Told
from recorded import BASELINES, Floats, Recording, Tape

from bench.analysis.stats.characteristics import simulated_block_ratio
from bench.analysis.stats.looks import answered, first_interval
from bench.analysis.stats.ratios import Summary
from bench.analysis.stats.verdicts import BlockRatios, compare_family, excludes_1
from bench.records.choices import PRESETS
from bench.records.run import Looks, Schedule
from bench.runner import rounds

STANDARD, THOROUGH = (preset.schedule for preset in PRESETS if preset.name in ("standard", "thorough"))
Blocks = Callable[[int], Floats]  # so many rounds -> seconds a step of the next block, [cases, rounds], candidate last


@dataclass(frozen=True, slots=True)
class Stopped:
    """A run's blocks, as log ratios, where it stopped; when it might have; and the seconds that it took."""

    logs: tuple[float, ...]
    looks: Looks
    seconds: float

    @property
    def this_run(self) -> Summary:
        """The speedup with the run's own interval."""
        return first_interval(self.logs, self.looks)


def stop(take: Blocks, recording: Recording, schedule: Schedule = STANDARD) -> Stopped:
    """Take blocks until the question is answered, or the ceiling is reached."""
    most = max(count for _, count in rounds.ENOUGH)
    *baselines, candidate = first = take(min(most, recording.rounds))
    six = [each[: schedule.rounds].tolist() for each in (*baselines, candidate)]
    count = min(rounds.rounds_for(rounds.error(six[:-1], six[-1:])), recording.rounds)
    block_s = recording.block_s(count)
    looks = Looks(schedule.blocks, max(schedule.blocks, int((schedule.ceiling_s or math.inf) / block_s)))
    logs = [log_ratio(first[:, :count])]
    while len(logs) < looks.first or not (len(logs) == looks.last or _is_answered(logs, looks, schedule)):
        logs.append(log_ratio(take(count)))
    return Stopped(tuple(logs), looks, len(logs) * block_s)


def _is_answered(logs: Sequence[float], looks: Looks, schedule: Schedule) -> bool:
    return answered(first_interval(logs, looks), schedule.goal or math.inf)


def log_ratio(seconds: Floats) -> float:
    """The log ratio of the last case, by the estimate of a run."""
    return math.log(simulated_block_ratio(seconds))


def own_copy(tape: Tape) -> Told:
    """A mode and its own copy, judged as they are in a run: with no spread from run to run."""
    run = stop(tape.block, tape.recording)
    (comparison,) = compare_family([BlockRatios([math.exp(log) for log in run.logs], looks=run.looks)])
    return Told(comparison.verdict.faster, comparison.verdict.slower, run.seconds)


OURS = Design("cifar-bench, standard", "FASTER or SLOWER, stopped by its goal", own_copy, 2 * STANDARD.blocks)


@dataclass(frozen=True, slots=True)
class Replayed:
    """Shares (0..1) of replayed runs whose true ratio is 1, or by which the candidate was made slower.

    `called`: the run's own interval excludes 1; `covers`: it holds the truth. `seconds` on average, and those within
    which nine of ten runs ended.
    """

    called: float
    covers: float
    seconds: float
    nine_of_ten_s: float


def alike(recording: Recording, slower: float, runs: int, schedule: Schedule = STANDARD) -> Replayed:
    """Runs of the baseline and a copy of it."""
    rng = np.random.default_rng(0)
    return _shares([stop(Tape(recording, rng, slower).block, recording, schedule) for _ in range(runs)], -slower)


def unlike(recording: Recording, slower: float, runs: int, schedule: Schedule = STANDARD) -> Replayed:
    """Runs of the baseline and another mode. Their mean ratio over all of the recording is taken out, so that only what
    the machine does to it is left; then the mode is made slower."""
    rng, stopped = np.random.default_rng(0), list[Stopped]()
    centre = {case: _centre(recording, case) for case in recording.candidates}
    for _ in range(runs):
        case = int(rng.choice(recording.candidates))
        start = int(rng.integers(recording.blocks))
        stopped.append(stop(_pairs(recording, rng, start, case, slower + centre[case]), recording, schedule))
    return _shares(stopped, -slower)


def _pairs(recording: Recording, rng: np.random.Generator, start: int, case: int, slower: float) -> Blocks:
    """The next blocks of the recording, of each a random stretch; the candidate `slower` than it was."""
    numbers = iter(range(start, 10**9))

    def take(count: int) -> Floats:
        first = int(rng.integers(recording.rounds - count + 1))
        logs = recording.logs[next(numbers) % recording.blocks][[*BASELINES, case], first : first + count]
        return np.asarray(np.exp(logs + np.array([[0.0], [0.0], [slower]])), np.float64)

    return take


def _centre(recording: Recording, case: int) -> float:
    return float(np.mean([log_ratio(np.exp(block[[*BASELINES, case]])) for block in recording.logs]))


def _shares(runs: Sequence[Stopped], truth: float) -> Replayed:
    intervals, seconds = [run.this_run for run in runs], [run.seconds for run in runs]
    covers = [(each.low or 0.0) <= math.exp(truth) <= (each.high or math.inf) for each in intervals]
    called = [excludes_1(each) for each in intervals]
    late = float(np.quantile(seconds, 0.9))
    return Replayed(float(np.mean(called)), float(np.mean(covers)), float(np.mean(seconds)), late)
