"""AG804: XLA drops checks."""

import tensorflow as tf


def fails():
    @tf.function(jit_compile=True)
    def root(x):
        tf.debugging.assert_less(x, 1.0)
        return x * 2.0

    return root(tf.constant([4.0]))


def passes():
    @tf.function(jit_compile=True)
    def root(x):
        return x * 2.0

    return root(tf.constant([0.5]))
