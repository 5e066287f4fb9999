"""AG306: write() returns the array that holds the value; the old one may not."""

import tensorflow as tf


def fails():
    @tf.function
    def squares(n):
        rows = tf.TensorArray(tf.int32, size=3)
        for i in tf.range(n):
            rows.write(i, i + 1)
        return rows.stack()

    return squares(tf.constant(3))


def passes():
    @tf.function
    def squares(n):
        rows = tf.TensorArray(tf.int32, size=3)
        for i in tf.range(n):
            rows = rows.write(i, i + 1)
        return rows.stack()

    return squares(tf.constant(3))
