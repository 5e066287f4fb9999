"""AG501: without AutoGraph an `if` on a tensor is Python's."""

import tensorflow as tf


def fails():
    @tf.function(autograph=False)
    def sign(x):
        if x > 0.0:
            return 1.0
        return -1.0

    return sign(tf.constant(3.0))


def passes():
    @tf.function(autograph=False)
    def sign(x):
        return tf.cond(x > 0.0, lambda: 1.0, lambda: -1.0)

    return sign(tf.constant(3.0))
