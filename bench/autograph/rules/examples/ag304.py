"""AG304: TensorFlow refuses a function that changed its arguments."""

import tensorflow as tf


def fails():
    @tf.function
    def step(rows, x):
        rows.append(x)
        return tf.add_n(rows)

    return step([tf.constant(1.0)], tf.constant(2.0))


def passes():
    @tf.function
    def step(rows, x):
        rows = [*rows, x]
        return tf.add_n(rows)

    return step([tf.constant(1.0)], tf.constant(2.0))
