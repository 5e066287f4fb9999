"""AG403: each new lambda is a new argument, and a new trace. Returned: how many."""

import tensorflow as tf


def fails():
    @tf.function
    def step(x, transform):
        return transform(x)

    for _ in range(4):
        step(tf.constant(1.0), lambda x: x * 2.0)
    return step.experimental_get_tracing_count()


def passes():
    @tf.function
    def step(x, transform):
        return transform(x)

    def double(x):
        return x * 2.0

    for _ in range(4):
        step(tf.constant(1.0), double)
    return step.experimental_get_tracing_count()
