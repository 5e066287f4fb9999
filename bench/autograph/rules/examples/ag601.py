"""AG601: a function with for/else is left as it is, and then its `if` is Python's."""

import tensorflow as tf


def fails():
    @tf.function
    def step(x):
        for scale in (2.0, 3.0):
            x = x * scale
        else:
            x = x + 1.0
        if tf.reduce_sum(x) > 0.0:
            x = -x
        return x

    return step(tf.constant(1.0))


def passes():
    @tf.function
    def step(x):
        for scale in (2.0, 3.0):
            x = x * scale
        x = x + 1.0
        if tf.reduce_sum(x) > 0.0:
            x = -x
        return x

    return step(tf.constant(1.0))
