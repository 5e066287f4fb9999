"""Numbers that the processes of a strategy tell each other, outside what is timed. Not a mode itself."""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import tensorflow as tf

Numbers = npt.NDArray[np.float64]


class Gathering(Protocol):
    """Asks every process of a case. All of them must ask the same number of times, in the same order."""

    def __call__(self, numbers: Sequence[float]) -> Numbers:
        """The numbers of every process, float64 [processes, numbers]."""


class OneProcess:
    """Of a case in a single process."""

    def __call__(self, numbers: Sequence[float]) -> Numbers:
        return np.array([numbers], np.float64)


ONE_PROCESS = OneProcess()


class OverProcesses:
    """Each process adds its row to zeros: one all-reduce. Traced when it is made, for one number."""

    def __init__(self, strategy: Any, processes: int, number: int) -> None:
        self._strategy, self._processes, self._number = strategy, processes, number
        self._summed = tf.function(self._sum, autograph=False)
        self([0.0])

    def __call__(self, numbers: Sequence[float]) -> Numbers:
        rows = np.zeros((self._processes, len(numbers)), np.float64)
        rows[self._number] = numbers
        summed: Numbers = self._summed(tf.constant(rows)).numpy()
        return summed

    def _sum(self, rows: Any) -> Any:
        (summed,) = self._strategy.experimental_local_results(self._strategy.run(_reduced, args=(rows,)))
        return summed


def _reduced(rows: Any) -> Any:
    here = tf.identity(rows)  # an argument of a graph lies on no device, and is refused
    return tf.distribute.get_replica_context().all_reduce(tf.distribute.ReduceOp.SUM, here)
