"""AG507: assert asks a tensor for its truth."""

import tensorflow as tf


def fails():
    @tf.function
    def root(x):
        assert tf.reduce_all(x >= 0.0)
        return tf.sqrt(x)

    return root(tf.constant([1.0, 4.0]))


def passes():
    @tf.function
    def root(x):
        tf.debugging.assert_non_negative(x)
        return tf.sqrt(x)

    return root(tf.constant([1.0, 4.0]))
