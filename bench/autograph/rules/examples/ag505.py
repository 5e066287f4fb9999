"""AG505: a comprehension is not converted, and Python cannot iterate a symbolic tensor."""

import tensorflow as tf


def fails():
    @tf.function
    def squares(x):
        y = tf.abs(x)
        return tf.stack([row * row for row in y])

    return squares(tf.constant([1.0, -2.0]))


def passes():
    @tf.function
    def squares(x):
        y = tf.abs(x)
        return tf.map_fn(lambda row: row * row, y)

    return squares(tf.constant([1.0, -2.0]))
