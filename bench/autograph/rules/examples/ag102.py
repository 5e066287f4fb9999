"""AG102: each iteration of a Python loop is copied into the graph; counted here by how often the body runs."""

import tensorflow as tf


def fails():
    iterations = []

    @tf.function
    def power(x, n):
        for _ in range(n):
            iterations.append(1)  # noqa: AG301 (it counts the copies)
            x = x * 2.0
        return x

    return power(tf.constant(1.0), 60), len(iterations)


def passes():
    iterations = []

    @tf.function
    def power(x, n):
        for _ in tf.range(n):
            iterations.append(1)  # noqa: AG301
            x = x * 2.0
        return x

    return power(tf.constant(1.0), tf.constant(60)), len(iterations)
