"""AG502: a graph has both branches, so each must give the name a value."""

import tensorflow as tf


def fails():
    @tf.function
    def step(x):
        if tf.reduce_sum(x) > 0.0:
            scale = 2.0
        return x * scale

    return step(tf.constant([1.0, 2.0]))


def passes():
    @tf.function
    def step(x):
        scale = 1.0
        if tf.reduce_sum(x) > 0.0:
            scale = 2.0
        return x * scale

    return step(tf.constant([1.0, 2.0]))
