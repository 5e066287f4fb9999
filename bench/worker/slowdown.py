"""A slow-down of known size, planted on purpose: what finds it, and how exactly, is an instrument that works.

It sleeps at the end of a slice, inside the clock, for a share of what the slice took: so the ratio of the slowed case
to its twin is known, whatever the machine does. Leaves out who asks for it (plan.py, selftest.py).
"""

import time
from collections.abc import Callable

from bench.worker.timer import Clock, Stepper


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
