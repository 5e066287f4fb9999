"""What a step costs in electricity: the GPU's own counter over some seconds of steps, not timed, one case at a time.

The counter is refreshed some tens of times a second. So a stretch is taken from one of its changes to another, with the
steps in between: what is off is one piece of steps, of some dozens.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Protocol

from bench.records.costs import Energy
from bench.worker.timer import Clock, Stepper

STRETCH_S = 3.0  # at least
REST_S, IDLE_S = 0.5, 1.0  # a GPU that has just computed draws more for a while
LOOK_S = 0.02
GIVE_UP = 10  # times the stretch without a change, and some looks: this counter stands still
LEAST_LOOKS = 3


class Meter(Protocol):
    """A GPU's energy counter (bench.machine.nvml.Gpu)."""

    def energy_j(self) -> float | None:
        """Joules so far; None where it counts none."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The counter at a moment, after so many steps."""

    at_s: float
    joules: float
    steps: int


def energy(
    trainer: Stepper, meter: Meter | None, steps: int, clock: Clock, sleep: Callable[[float], None] = time.sleep
) -> Energy | None:
    """Joules of a stretch of pieces of `steps` each, idle power before it. None where nothing counts it."""
    if meter is None or meter.energy_j() is None:
        return None

    def train() -> int:
        trainer.run(steps)
        trainer.sync()
        return steps

    def rest() -> int:
        sleep(LOOK_S)
        return 0

    sleep(REST_S)
    idle, busy = _stretch(meter, rest, IDLE_S, clock), _stretch(meter, train, STRETCH_S, clock)
    if idle is None or busy is None:
        return None
    (before, after), (start, end) = idle, busy
    idle_w = (after.joules - before.joules) / (after.at_s - before.at_s)
    return Energy(end.steps - start.steps, end.at_s - start.at_s, end.joules - start.joules, idle_w)


def _stretch(meter: Meter, act: Callable[[], int], least_s: float, clock: Clock) -> tuple[Seen, Seen] | None:
    """From the counter's first change to its first change after at least so long; None where it stands still."""
    first: Seen | None = None
    before, steps, began = meter.energy_j(), 0, clock()
    for look in count():
        if look >= LEAST_LOOKS and clock() - began > GIVE_UP * least_s:
            return None
        steps += act()
        now, at_s = meter.energy_j(), clock()
        if now is None:
            return None
        if now == before:
            continue
        before, seen = now, Seen(at_s, now, steps)
        if first is None:
            first = seen
        elif at_s - first.at_s >= least_s:
            return first, seen
    raise AssertionError("count() has no end")
