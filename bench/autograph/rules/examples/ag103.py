"""AG103: a loop whose condition is Python's cannot be left by a tensor."""

import tensorflow as tf


def fails():
    @tf.function
    def halvings(x):
        n = tf.constant(0)
        while True:
            if x < 1.0:
                break
            x = x / 2.0
            n += 1
        return n

    return halvings(tf.constant(100.0))


def passes():
    @tf.function
    def halvings(x):
        n = tf.constant(0)
        while x >= 1.0:
            x = x / 2.0
            n += 1
        return n

    return halvings(tf.constant(100.0))
