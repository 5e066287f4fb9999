"""An injected slowdown of known size, with which gates and the self-test check that slowdowns are detected.

It sleeps at the end of a slice, while the clock runs, for a share of the slice's own time, or takes several steps for
each that is counted: so the ratio of the slowed case to the same case without it is known, whatever the machine does.
"""

import time
from collections.abc import Callable

from bench.records.case import Case
from bench.worker.timer import Clock, Stepper


def slowed(trainer: Stepper, case: Case, clock: Clock, sleep: Callable[[float], None]) -> Stepper:
    """The trainer as the case wants it: slowed on purpose, or as it is."""
    stepper = Multiplied(trainer, case.steps_each) if case.steps_each > 1 else trainer
    return Slowed(stepper, case.slowdown, clock, sleep) if case.slowdown else stepper


class Multiplied:
    """A trainer that takes `times` steps for each that it is asked for."""

    def __init__(self, trainer: Stepper, times: int) -> None:
        self._trainer, self._times = trainer, times
        self.sync = trainer.sync

    def run(self, steps: int) -> None:
        """Train."""
        self._trainer.run(self._times * steps)


class Slowed:
    """A trainer whose slices take `share` longer than they would."""

    def __init__(
        self, trainer: Stepper, share: float, clock: Clock, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._trainer, self._share, self._clock, self._sleep = trainer, share, clock, sleep

    def run(self, steps: int) -> None:
        """Train so many steps, to their completion, then sleep for the share of the time they took."""
        start = self._clock()
        self._trainer.run(steps)
        self._loss = self._trainer.sync()
        self._sleep(self._share * (self._clock() - start))

    def sync(self) -> float:
        """The loss that `run` has waited for."""
        return self._loss
