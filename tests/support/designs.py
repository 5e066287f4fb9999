"""How other tools tell a difference, replayed on a recording: what each does by default, and its own rule of decision.

Each measures a mode, then a copy of it that is slower by a known share, 0 for false positives. The rules were read in
the tools' sources; docs/designs.md names the places, and says what was left out of each.
"""

import statistics
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from recorded import Floats, Tape
from scipy import stats

SOUGHT = 0.03  # the slowdown that is injected
HALF = 1 + SOUGHT / 2  # between nothing and what is sought: the rule for a tool that has none


@dataclass(frozen=True, slots=True)
class Told:
    """What a comparison came to: whether the copy was reported faster, or slower, and the seconds that it took."""

    faster: bool
    slower: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Design:
    """A tool with its rule: what `play` makes of a tape. `processes`: as many recorded ones it needs, or more."""

    name: str
    rule: str
    play: Callable[[Tape], Told]
    processes: int


def timeit(tape: Tape) -> Told:
    """`python -m timeit` twice: the best of 5 repeats of 0.2 s or more."""
    before, after = (_joined(take(10), 2).min() for take in (tape.before, tape.after))
    return _told(before, after, _apart(before, after, HALF), 2 * _process_s(tape, 12))


def torch_timer(tape: Tape) -> Told:
    """`Timer.blocked_autorange`, both in one script: the median of what fits in 0.2 s."""
    before, after = (float(np.median(steps)) for steps in tape.script(2))
    return _told(before, after, _apart(before, after, 1.01), _process_s(tape, 6))


def pytest_benchmark(field: Callable[[Floats], float], limit: float) -> Callable[[Tape], Told]:
    """Two sessions of 1 s a test, the second with --benchmark-compare-fail: slower by more than a limit."""

    def play(tape: Tape) -> Told:
        before, after = field(tape.before(10)), field(tape.after(10))
        return _told(before, after, after / before - 1 > limit, 2 * _process_s(tape, 11))

    return play


def pyperf(tape: Tape) -> Told:
    """20 processes of 3 values each, after a warm-up value; Student's t-test over all values as if independent."""
    before, after = (np.concatenate([take(4)[1:] for _ in range(20)]) for take in (tape.before, tape.after))
    different = stats.ttest_ind(before, after).pvalue <= 0.05
    return _told(before.mean(), after.mean(), different, 2 * 21 * _process_s(tape, 4))  # one process more calibrates


def asv(factor: float) -> Callable[[Tape], Told]:
    """Two processes of 5 samples each: medians apart by a factor, and p < 0.002 by Mann and Whitney's test."""

    def play(tape: Tape) -> Told:
        samples = [np.concatenate([take(6)[1:] for _ in range(2)]) for take in (tape.before, tape.after)]
        likely = stats.mannwhitneyu(*samples, method="exact").pvalue < 0.002
        before, after = map(np.median, samples)
        return _told(before, after, likely and _apart(before, after, factor), 4 * _process_s(tape, 6))

    return play


def hyperfine(tape: Tape) -> Told:
    """10 runs of a command that takes steps for 1 s; Welch's test, as its script does it."""
    before, after = ([float(take(10).mean()) for _ in range(10)] for take in (tape.before, tape.after))
    different = stats.ttest_ind(before, after, equal_var=False).pvalue < 0.05
    return _told(statistics.fmean(before), statistics.fmean(after), different, 20 * _process_s(tape, 10))


def _told(before: float, after: float, different: bool, seconds: float) -> Told:
    return Told(bool(different and after < before), bool(different and after > before), seconds)


def _joined(steps: Floats, slices: int) -> Floats:
    """The means of so many consecutive slices each."""
    return np.asarray(steps.reshape(-1, slices).mean(axis=1), np.float64)


def _apart(before: float, after: float, factor: float) -> bool:
    return max(before, after) > factor * min(before, after)


def _process_s(tape: Tape, slices: int) -> float:
    """Seconds of a process from its start on."""
    return tape.recording.start_s + slices * tape.recording.slice_s


OTHERS = (
    Design("timeit", "minima apart by more than 1.5 %", timeit, 2),
    Design("torch.utils.benchmark", "medians apart by more than 1 %", torch_timer, 1),
    Design("pytest-benchmark, min:5%", "minimum slower by more than 5 %", pytest_benchmark(min, 0.05), 2),
    Design("pytest-benchmark, min:2%", "minimum slower by more than 2 %", pytest_benchmark(min, 0.02), 2),
    Design("pytest-benchmark, mean:2%", "mean slower by more than 2 %", pytest_benchmark(statistics.fmean, 0.02), 2),
    Design("pyperf", "t-test over all values, p < 0.05", pyperf, 40),
    Design("asv", "factor 1.1, and p < 0.002", asv(1.1), 4),
    Design("asv, factor 1.01", "factor 1.01, and p < 0.002", asv(1.01), 4),
    Design("hyperfine", "Welch's test over runs, p < 0.05", hyperfine, 20),
)
