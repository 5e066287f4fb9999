"""AG506: a loop over Python values is unrolled, so a tensor cannot end it."""

import tensorflow as tf


def fails():
    @tf.function
    def first_above(x):
        found = tf.constant(-1.0)
        for value in (1.0, 2.0, 3.0):
            if tf.reduce_max(x) < value:
                found = tf.constant(value)
                break
        return found

    return first_above(tf.constant([0.5, 1.5]))


def passes():
    @tf.function
    def first_above(x):
        found = tf.constant(-1.0)
        for value in tf.constant([1.0, 2.0, 3.0]):
            if tf.reduce_max(x) < value:
                found = value
                break
        return found

    return first_above(tf.constant([0.5, 1.5]))
