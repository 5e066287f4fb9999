"""A case in several processes speaks with one voice: its time is the slowest's, its CPU time and memory are all theirs.

What depends on a time, such as how many steps are replayed, must come out alike in every process: each asks all others,
outside what is timed, and goes by the same answer.
"""

from collections.abc import Callable, Sequence
from typing import Any

Asks = Callable[[Sequence[float]], Any]  # this process' numbers -> those of every process, [processes, numbers]


def alone(numbers: Sequence[float]) -> list[Sequence[float]]:
    """Of a case in one process."""
    return [numbers]


def slowest(asks: Asks, seconds: float) -> float:
    """The longest time of any process."""
    return max(float(row[0]) for row in asks([seconds]))


def summed(asks: Asks, amounts: Sequence[float]) -> list[float]:
    """Each amount over all processes."""
    return [float(sum(column)) for column in zip(*asks(amounts), strict=True)]
