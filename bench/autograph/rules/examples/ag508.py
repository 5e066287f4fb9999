"""AG508: `try` watches the tracing, and the error comes when the graph runs."""

import tensorflow as tf


def fails():
    @tf.function
    def at(x, i):
        try:
            return tf.debugging.check_numerics(x, "not a number") + i
        except tf.errors.InvalidArgumentError:
            return tf.zeros_like(x)

    return at(tf.constant([float("nan")]), tf.constant(1.0))


def passes():
    @tf.function
    def at(x, i):
        return tf.where(tf.math.is_finite(x), x + i, 0.0)

    return at(tf.constant([float("nan")]), tf.constant(1.0))
