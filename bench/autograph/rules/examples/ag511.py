"""AG511: Python looks a key up by its value, and a tensor has none while tracing."""

import tensorflow as tf


def fails():
    values = {0: 10, 1: 20}

    @tf.function
    def step(label):
        return values[label]

    return step(tf.constant(1))


def passes():
    values = tf.constant([10, 20])

    @tf.function
    def step(label):
        return tf.gather(values, label)

    return step(tf.constant(1))
