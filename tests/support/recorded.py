"""Recordings: blocks of many rounds of slices of equal duration, of a baseline twice and of another mode.

Other ways of measuring, estimators and stopping rules are tried on them. A recording is the folder of a kept run, or
an array file, `.npz`, with wall[block, case, round, part] in seconds a step, the first two cases being the baseline,
and, where it is known, the seconds that Recording names.
"""

import statistics
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.records.run import Measurement
from bench.records.store import Store
from bench.runner.settled import block_seconds

Floats = npt.NDArray[np.float64]
BASELINES = (0, 1)
COMPARED = 3  # cases in a run of one comparison
SECONDS = ("slice_s", "start_s", "untimed_s")
START_S, UNTIMED_S = 4.5, 4.5  # where it does not say: of a process, and of a block beside its slices


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
    def round_s(self) -> float:
        """Seconds of a round of all recorded cases."""
        return self.slice_s * self.logs.shape[1]

    @property
    def length_s(self) -> float:
        """Seconds of all slices."""
        return self.round_s * self.rounds * self.blocks

    def block_s(self, rounds: int) -> float:
        """Seconds of a block of one comparison: of the baseline, its A/A control, and a candidate."""
        return self.untimed_s + rounds * COMPARED * self.slice_s

    @property
    def candidates(self) -> tuple[int, ...]:
        """The cases that are not the baseline."""
        return tuple(range(len(BASELINES), self.logs.shape[1]))


def load(path: Path) -> Recording:
    """The recording in a folder or an array file, named like it."""
    return _of_run(path) if path.is_dir() else _of_array(path)


def save(recording: Recording, file: Path, load: Floats) -> None:
    """As an array file, with each block's load."""
    seconds = {name: np.float32(getattr(recording, name)) for name in SECONDS}
    wall = np.exp(recording.logs)[..., None].astype(np.float32)
    np.savez_compressed(file, wall=wall, load=load.astype(np.float32), **seconds)


def _of_array(path: Path) -> Recording:
    kept = np.load(path)
    seconds = {name: float(kept[name]) for name in SECONDS if name in kept}
    return Recording(path.stem, np.log(kept["wall"].astype(float).mean(-1)), **seconds)


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
    untimed = [all_s - timed_s for all_s, timed_s in zip(seconds, timed, strict=True) if all_s] or [UNTIMED_S]
    starts = [m.load_s + m.build_s + m.first_call_s for m in measured]
    slice_s = float(np.median([m.steady.seconds for block in whole for m in block]))
    return Recording(folder.name, logs, slice_s, statistics.median(starts), statistics.median(untimed))


class Tape:
    """Hands out stretches of the recorded slices of one mode, beginning somewhere at random.

    A recording holds fewer processes than tools would start in its time. So either each process that is started is the
    next recorded one, at any moment of it: all are fresh, but lie further apart than they would. Or, `in_time`, it is
    what was recorded when it would run: then those started within one block share its two processes. Each step of
    `after`, and of the copy in `script` and `block`, takes exp(`slower`) as long as it was recorded.
    """

    def __init__(self, recording: Recording, rng: np.random.Generator, slower: float, in_time: bool = False) -> None:
        self.recording, self._rng, self._slower, self._in_time = recording, rng, slower, in_time
        self._started = int(rng.integers(recording.blocks * len(BASELINES)))
        self._now_s = rng.uniform(0, recording.length_s)
        self._order = rng.permutation(BASELINES).tolist()

    def before(self, slices: int) -> Floats:
        """Seconds a step of consecutive slices of a fresh process of the mode."""
        case = BASELINES[self._started % len(BASELINES)]
        logs = self._stretch(slices, self.recording.start_s + slices * self.recording.slice_s)[case]
        self._started += 1
        return np.asarray(np.exp(logs), np.float64)

    def after(self, slices: int) -> Floats:
        """The same of a fresh process of the slowed copy."""
        return np.asarray(self.before(slices) * np.exp(self._slower), np.float64)

    def script(self, slices: int) -> tuple[Floats, Floats]:
        """Of the mode, then of its copy in the same process."""
        both = self.before(2 * slices)
        return both[:slices], both[slices:] * np.exp(self._slower)

    def block(self, rounds: int) -> Floats:
        """Seconds a step, [2, rounds], of the mode and of its copy in a block whose processes are fresh."""
        if not self._in_time:  # else the copy is always the same one, as its process may be
            self._order = self._rng.permutation(BASELINES).tolist()
        logs = self._stretch(rounds, self.recording.block_s(rounds))[self._order]
        self._started += len(BASELINES)
        return np.asarray(np.exp(logs + np.array([[0.0], [self._slower]])), np.float64)

    def _stretch(self, slices: int, lasts_s: float) -> Floats:
        """The logarithms of all cases in the next so many rounds, [case, round]."""
        recording, latest = self.recording, self.recording.rounds - slices
        if self._in_time:
            block, first = divmod(int(self._now_s / recording.round_s), recording.rounds)
            self._now_s += lasts_s
        else:
            block, first = self._started // len(BASELINES), int(self._rng.integers(latest + 1))
        first = min(first, latest)
        return recording.logs[block % recording.blocks, :, first : first + slices]
