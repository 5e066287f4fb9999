"""AG705: the test is answered while tracing, so the graph gets the other branch."""

import tensorflow as tf


def fails():
    @tf.function
    def size(x):
        if hasattr(x, "numpy"):
            return abs(x)
        return -abs(x)

    return size(tf.constant(3.0))


def passes():
    @tf.function
    def size(x):
        return abs(x)

    return size(tf.constant(3.0))
