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
from cifar_core.watch import Spent, Watch

STRETCH_S = 3.0  # at least
REST_S, IDLE_S = 0.3, 0.5  # a GPU that has just computed draws more for a while
LOOK_S = 0.02
GIVE_UP = 10  # times the stretch without a change, and some looks: this counter stands still
LEAST_LOOKS = 3
SHORT_LOOK_S, MOST_WAIT_S = 0.002, 1.0


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


def metered(meter: Meter | None, clock: Clock, sleep: Callable[[float], None]) -> Watch:
    """What times whatever is done, and counts its joules, with nothing else on the GPU right before and after.

    The counter is refreshed only now and then: two refreshes before tell what idling takes, which is taken off for the
    time between the end and the next refresh. None of that waiting is timed.
    """

    def watch(act: Callable[[], None]) -> Spent:
        first, begun = _refreshed(meter, clock, sleep), _refreshed(meter, clock, sleep)
        start = clock()
        act()
        end = clock()
        last = _refreshed(meter, clock, sleep)
        if not (first and begun and last):
            return Spent(end - start)
        idle_w = (begun.joules - first.joules) / (begun.at_s - first.at_s)
        return Spent(end - start, max(0.0, last.joules - begun.joules - idle_w * (last.at_s - end)))

    return watch


def _refreshed(meter: Meter | None, clock: Clock, sleep: Callable[[float], None]) -> Seen | None:
    """The counter right after its next refresh; None where there is none within a second."""
    before, began = meter.energy_j() if meter else None, clock()
    while meter and before is not None and clock() - began < MOST_WAIT_S:
        sleep(SHORT_LOOK_S)
        now = meter.energy_j()
        if now is not None and now != before:
            return Seen(clock(), now, 0)
    return None


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
