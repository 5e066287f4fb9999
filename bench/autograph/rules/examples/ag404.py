"""AG404: each tf.function traces for itself, and a new one knows no trace. Returned: how often Python ran."""

import tensorflow as tf


def fails():
    runs = []

    def double(x):
        runs.append(1)  # noqa: AG301 (it counts the traces)
        return x * 2.0

    for _ in range(4):
        tf.function(double)(tf.constant(1.0))
    return len(runs)


def passes():
    runs = []

    def double(x):
        runs.append(1)  # noqa: AG301
        return x * 2.0

    fast = tf.function(double)
    for _ in range(4):
        fast(tf.constant(1.0))
    return len(runs)
