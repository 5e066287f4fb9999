"""AG308: the lambda reads the name that the loop had before it became a loop of the graph."""

import tensorflow as tf


def fails():
    @tf.function
    def step(n):
        i = tf.constant(0)
        latest = lambda: i  # noqa: E731
        for i in tf.range(n):
            pass
        return latest()

    return step(tf.constant(4))


def passes():
    @tf.function
    def step(n):
        i = tf.constant(0)
        for i in tf.range(n):
            pass
        return i

    return step(tf.constant(4))
