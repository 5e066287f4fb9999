"""What training some steps takes, by a clock or by more instruments. No TensorFlow import."""

import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spent:
    """What some steps took: seconds, and joules of the device where they are counted."""

    seconds: float
    joules: float | None = None

    def __add__(self, other: "Spent") -> "Spent":
        counted = self.joules is not None and other.joules is not None
        joules = (self.joules or 0.0) + (other.joules or 0.0)
        return Spent(self.seconds + other.seconds, joules if counted else None)


Watch = Callable[[Callable[[], None]], Spent]  # has something done, and says what that took


def timed(act: Callable[[], None]) -> Spent:
    """By the clock alone."""
    start = time.perf_counter()
    act()
    return Spent(time.perf_counter() - start)
