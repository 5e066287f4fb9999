"""The last stage: the time of a call in each mode, an indication only; `cifar-bench run` measures properly.

It uses the timing loop of a run, a warm-up, and slices with the modes in shuffled order, but in a single process.
"""

import math
import random
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from bench.analysis.stats.ratios import median_summary
from bench.autograph.explain.records import Timing
from bench.worker.timer import Clock, Stepper, time_slice
from bench.worker.user_errors import described

if TYPE_CHECKING:
    from bench.autograph.explain.child.target import Target

ROUNDS = 15
SLICE_S = 0.02  # minimum duration of a slice, so that reading the clock does not count
BUDGET_S = 6.0  # for all slices of a mode; a slow mode has fewer rounds, at least LEAST
LEAST = 6


class RepeatedCalls:
    """A function called repeatedly with the same arguments, for the timing loop."""

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
        self._function, self._arguments = function, arguments
        self._result: Any = None

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self._result = self._function(*self._arguments)

    def sync(self) -> float:
        """Wait for the device by reading the result."""
        import tensorflow as tf

        for leaf in tf.nest.flatten(self._result):
            if hasattr(leaf, "numpy"):
                leaf.numpy()
        return 0.0


def call_times(target: "Target", clock: Clock = time.perf_counter) -> tuple[Timing, ...]:
    """A Timing per mode, in the order eager, tf.function, XLA."""
    import tensorflow as tf

    functions = {
        "eager": target.call,
        "tf.function": tf.function(target.call),
        "XLA": tf.function(target.call, jit_compile=True),
    }
    timings, ready = dict[str, Timing](), dict[str, tuple[Stepper, float, int]]()
    for mode, function in functions.items():
        repeated_calls = RepeatedCalls(function, target.arguments)
        try:
            first_s, warm_s = warm(repeated_calls, clock)
        except Exception as error:
            timings[mode] = Timing(mode, reason=described(error)[0])
        else:
            ready[mode] = repeated_calls, first_s, max(1, math.ceil(SLICE_S / warm_s))
    for mode, seconds in slices(ready, clock).items():
        summary, (_, first_s, number) = median_summary(seconds), ready[mode]
        timings[mode] = Timing(mode, summary.centre, summary.low, summary.high, first_s, summary.n, number)
    return tuple(timings[mode] for mode in functions)


def warm(calls: RepeatedCalls, clock: Clock) -> tuple[float, float]:
    """Seconds of the first call, which traces and compiles, and of a later call."""
    first_s, _ = time_slice(calls, 1, clock)
    time_slice(calls, 1, clock)
    return first_s, max(time_slice(calls, 1, clock)[0], 1e-7)


def slices(ready: dict[str, tuple[Stepper, float, int]], clock: Clock) -> dict[str, list[float]]:
    """Seconds per call in each slice, by mode; the order of the modes is shuffled in each round.

    `ready`: per mode the function to time, the seconds of its first call, and the calls per slice.
    """
    order, seconds = random.Random(0), {mode: list[float]() for mode in ready}
    spent = dict.fromkeys(ready, 0.0)
    for number in range(ROUNDS):
        for mode in order.sample(list(ready), len(ready)):
            if number < LEAST or spent[mode] < BUDGET_S:
                stepper, _, steps = ready[mode]
                took_s, _ = time_slice(stepper, steps, clock)
                spent[mode] += took_s
                seconds[mode].append(took_s / steps)
    return seconds
