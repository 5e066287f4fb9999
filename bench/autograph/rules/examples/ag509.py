"""AG509: both branches are traced, so the recursion never ends."""

import tensorflow as tf


def fails():
    @tf.function
    def factorial(n):
        if n <= 1:
            return tf.constant(1)
        return n * factorial(n - 1)

    return factorial(tf.constant(5))


def passes():
    @tf.function
    def factorial(n):
        result = tf.constant(1)
        for i in tf.range(1, n + 1):
            result *= i
        return result

    return factorial(tf.constant(5))
