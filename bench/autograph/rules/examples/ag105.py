"""AG105: max is Python's: it asks a tensor which is larger, and a symbolic one cannot say."""

import tensorflow as tf


def fails():
    @tf.function
    def relu(x):
        return max(x, 0.0)

    return relu(tf.constant(-2.0))


def passes():
    @tf.function
    def relu(x):
        return tf.maximum(x, 0.0)

    return relu(tf.constant(-2.0))
