"""AG503: both branches must give the same dtype."""

import tensorflow as tf


def fails():
    @tf.function
    def step(x):
        if tf.reduce_sum(x) > 0.0:
            n = 1
        else:
            n = 0.5
        return n

    return step(tf.constant([1.0, 2.0]))


def passes():
    @tf.function
    def step(x):
        if tf.reduce_sum(x) > 0.0:
            n = 1.0
        else:
            n = 0.5
        return n

    return step(tf.constant([1.0, 2.0]))
