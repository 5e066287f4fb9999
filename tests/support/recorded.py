"""Recordings: blocks of many rounds of slices of equal duration, of a baseline twice and of another mode.

Other ways of measuring, estimators and stopping rules are tried on them. A recording is the folder of a kept run, or
an array file, `.npz`, with wall[block, case, round, part] in seconds a step, the first two cases being the baseline.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.records.run import Measurement
from bench.records.store import Store
from bench.runner.settled import block_seconds

Floats = npt.NDArray[np.float64]
BASELINES = (0, 1)
START_S, UNTIMED_S = 4.5, 4.5  # of an array, which does not say: of a process, and of a block beside its slices


@dataclass(frozen=True, slots=True)
class Recording:
    """`logs`: the logarithm of seconds a step, [block, case, round]. A process took `start_s` from its start to the end
    of its first step; a block took `untimed_s` beside its slices."""

    name: str
    logs: Floats
    slice_s: float = 0.1
    start_s: float = START_S
    untimed_s: float = UNTIMED_S

    @property
    def blocks(self) -> int:
        return int(self.logs.shape[0])

    @property
    def rounds(self) -> int:
        return int(self.logs.shape[2])

    @property
    def candidates(self) -> tuple[int, ...]:
        """The cases that are not the baseline."""
        return tuple(range(len(BASELINES), self.logs.shape[1]))


def load(path: Path) -> Recording:
    """The recording in a folder or an array file, named like it."""
    return _of_run(path) if path.is_dir() else _of_array(path)


def _of_array(path: Path) -> Recording:
    wall = np.load(path)["wall"].astype(float)
    return Recording(path.stem, np.log(wall.mean(-1)))


def _of_run(folder: Path) -> Recording:
    store = Store.open(folder)
    measured = [outcome.measurement for outcome in store.outcomes() if outcome.measurement]
    by_block = dict[int, list[Measurement]]()
    for m in measured:  # in the plan's order of cases
        by_block.setdefault(m.block, []).append(m)
    whole = [block for _, block in sorted(by_block.items()) if len(block) == len(store.plan.cases)]
    logs = np.log([[list(m.steady.by_round.values()) for m in block] for block in whole])
    seconds = block_seconds([m for block in whole for m in block])
    timed = [sum(sum(m.steady.seconds) for m in block) for block in whole]
    untimed = [all_s - timed_s for all_s, timed_s in zip(seconds, timed, strict=True)]
    starts = [m.load_s + m.build_s + m.first_call_s for m in measured]
    slice_s = float(np.median([m.steady.seconds for block in whole for m in block]))
    return Recording(folder.name, logs, slice_s, statistics.median(starts), statistics.median(untimed))


class Tape:
    """Hands out stretches of the recorded slices of one mode, beginning at a random block.

    Each process that a tool would start is a recorded process, and the next one it starts the next recorded one. Of
    `after` and of the copy in `script` and `block` each step takes exp(`slower`) as long as it was recorded.
    """

    def __init__(self, recording: Recording, rng: np.random.Generator, slower: float) -> None:
        self.recording, self._rng, self._slower = recording, rng, slower
        self._started = int(rng.integers(recording.blocks * len(BASELINES)))

    def before(self, slices: int) -> Floats:
        """Seconds a step of consecutive slices of a fresh process of the mode."""
        block, case = divmod(self._started, len(BASELINES))
        self._started += 1
        return np.asarray(np.exp(self._stretch(block, [BASELINES[case]], slices)[0]), np.float64)

    def after(self, slices: int) -> Floats:
        """The same of a fresh process of the slowed copy."""
        return np.asarray(self.before(slices) * np.exp(self._slower), np.float64)

    def script(self, slices: int) -> tuple[Floats, Floats]:
        """Of the mode, then of its copy in the same process."""
        both = self.before(2 * slices)
        return both[:slices], both[slices:] * np.exp(self._slower)

    def block(self, rounds: int) -> Floats:
        """Seconds a step, [2, rounds], of the mode and of its copy in a block whose processes are fresh."""
        order = self._rng.permutation(BASELINES).tolist()
        logs = self._stretch(self._started // len(BASELINES), order, rounds)
        self._started += len(BASELINES)
        return np.asarray(np.exp(logs + np.array([[0.0], [self._slower]])), np.float64)

    def _stretch(self, block: int, cases: Sequence[int], slices: int) -> Floats:
        first = int(self._rng.integers(self.recording.rounds - slices + 1))
        logs = self.recording.logs[block % self.recording.blocks]
        return np.asarray(logs[list(cases), first : first + slices], np.float64)
