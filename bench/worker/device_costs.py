"""What waiting for a device costs, and what copying a batch there costs: measured after the slices."""

import statistics
from collections.abc import Callable
from typing import Any

import numpy as np

from bench.records.devices import Synced

Clock = Callable[[], float]
Wait = Callable[[], None]
COPIES = 30  # the first ones are slower: the median counts


def device_wait() -> None:
    """Wait until every device has nothing left to do, whichever mode gave it what."""
    import tensorflow as tf

    tf.test.experimental.sync_devices()


def synced(trainer: Any, steps: int, clock: Clock, loops: bool, wait: Wait = device_wait) -> Synced:
    """Train `steps` with one wait at the end, see how long the device is still busy, then train with a wait a step.

    It is still busy for as long as a wait takes beyond a wait for an idle device.
    """
    wait()  # the first one takes longer
    idle_s = _seconds(wait, clock)
    start = clock()
    trainer.run(steps)
    trainer.sync()
    done = clock()
    wait()
    left = clock()
    once_s, left_s = (done - start) / steps, max(0.0, left - done - idle_s)
    if loops:
        return Synced(once_s, left_s)
    for _ in range(steps):
        trainer.run(1)
        trainer.sync()
    return Synced(once_s, left_s, (clock() - left) / steps)


def batch_copy_s(batch_size: int, clock: Clock, device: str = "GPU:0") -> float:
    """Seconds to copy the images of one batch, float32 [n, 32, 32, 3], from the host's memory to the device, at rest.

    The median of some, each up to the device's end of it; what a wait with nothing to wait for takes is left out.
    """
    import tensorflow as tf

    with tf.device("CPU:0"):
        images = tf.constant(np.random.default_rng(0).random((batch_size, 32, 32, 3), np.float32))

    def copy() -> None:
        with tf.device(device):
            tf.identity(images)
        device_wait()

    copies = [_seconds(copy, clock) for _ in range(COPIES)]
    waits = [_seconds(device_wait, clock) for _ in range(COPIES)]
    return max(0.0, statistics.median(copies) - statistics.median(waits))


def _seconds(act: Wait, clock: Clock) -> float:
    start = clock()
    act()
    return clock() - start
