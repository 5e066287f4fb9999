"""AG102: each turn of a Python loop is copied into the graph; counted here by how often the body runs."""

import tensorflow as tf


def fails():
    turns = []

    @tf.function
    def power(x, n):
        for _ in range(n):
            turns.append(1)  # noqa: AG301 (it counts the copies)
            x = x * 2.0
        return x

    return power(tf.constant(1.0), 60), len(turns)


def passes():
    turns = []

    @tf.function
    def power(x, n):
        for _ in tf.range(n):
            turns.append(1)  # noqa: AG301
            x = x * 2.0
        return x

    return power(tf.constant(1.0), tf.constant(60)), len(turns)
