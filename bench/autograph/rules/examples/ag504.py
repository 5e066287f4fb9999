"""AG504: both branches are traced, so the raise runs whatever the value."""

import tensorflow as tf


def fails():
    @tf.function
    def root(x):
        if tf.reduce_min(x) < 0.0:
            raise ValueError("negative")
        return tf.sqrt(x)

    return root(tf.constant([1.0, 4.0]))


def passes():
    @tf.function
    def root(x):
        tf.debugging.assert_non_negative(x)
        return tf.sqrt(x)

    return root(tf.constant([1.0, 4.0]))
