"""AG701: a Python value from outside is read while tracing, and never again."""

import tensorflow as tf


def fails():
    rate = 2.0

    @tf.function
    def step(x):
        return x * rate

    before = step(tf.constant(1.0))
    rate = 5.0
    return before, step(tf.constant(1.0))


def passes():
    rate = tf.Variable(2.0)

    @tf.function
    def step(x):
        return x * rate

    before = step(tf.constant(1.0))
    rate.assign(5.0)
    return before, step(tf.constant(1.0))
