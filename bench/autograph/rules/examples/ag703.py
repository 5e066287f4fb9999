"""AG703: the clock is read while tracing, once. Returned: do three calls read the same time?"""

import time

import tensorflow as tf


def fails():
    @tf.function
    def stamp(x):
        return x + time.perf_counter()

    times = [float(stamp(tf.constant(0.0, tf.float64))) for _ in range(3)]
    return len(set(times)) == 1


def passes():
    @tf.function
    def stamp(x, now):
        return x + now

    zero = tf.constant(0.0, tf.float64)
    times = [float(stamp(zero, tf.constant(time.perf_counter(), tf.float64))) for _ in range(3)]
    return len(set(times)) == 1
