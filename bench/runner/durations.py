"""How many steps a slice of each case has: slices take equally long, whatever a step of the case takes.

With equally many steps the slices of a fast case would slip between the bursts of a busy machine, which the long ones
of a slow case meet, and a speedup would come out too large.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bench.analysis.slow_cases import SLOW

FEWEST = 3  # steps of a slice: with fewer, whole steps cannot come close to a duration
OFF = 0.25  # by what share a slice may be longer or shorter than the baseline's
LONGEST = 6  # times as long as asked for, to give slow steps their FEWEST


@dataclass(frozen=True, slots=True)
class Pace:
    """What a case's step takes in seconds, and how many steps one call of it has."""

    step_s: float
    per_call: int = 1

    def steps_within(self, seconds: float) -> int:
        """The whole calls whose duration is closest to this, at least one, in steps."""
        return max(1, round(seconds / self.step_s / self.per_call)) * self.per_call


def equally_long(paces: Sequence[Pace], slice_s: float, baseline_steps: int = 0) -> list[int]:
    """The steps of a slice for each case, the baseline first; its own may be settled.

    The baseline's slice takes about `slice_s`, or longer, until each case has FEWEST steps and is off by at most OFF.
    That is not waited for with a very slow case, nor beyond LONGEST.
    """
    settled = baseline_steps or _of_baseline(paces, slice_s)
    return [settled, *(pace.steps_within(settled * paces[0].step_s) for pace in paces[1:])]


def _of_baseline(paces: Sequence[Pace], slice_s: float) -> int:
    baseline, *others = [pace for pace in paces if pace.step_s < SLOW * paces[0].step_s]
    least = baseline.steps_within(max(slice_s, 2 * baseline.step_s))
    most = max(FEWEST * baseline.per_call, baseline.steps_within(LONGEST * slice_s))

    def unfit(steps: int) -> int:
        return sum(not _fits(pace, steps * baseline.step_s) for pace in (baseline, *others))

    return min(range(least, max(least, most) + 1, baseline.per_call), key=unfit)


def _fits(pace: Pace, seconds: float) -> bool:
    steps = pace.steps_within(seconds)
    return (steps >= FEWEST or pace.per_call > 1) and abs(steps * pace.step_s / seconds - 1) <= OFF
