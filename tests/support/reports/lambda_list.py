"""tensorflow#56089 / keras-cv#430: lambdas made in a Python loop see the last value, in Python as in a graph."""

import tensorflow as tf


@tf.function
def scale_all(x):
    actions = []
    for factor in (1.0, 2.0, 3.0):
        actions.append(lambda v: v * factor)
    total = tf.zeros_like(x)
    for action in actions:
        total = total + action(x)
    return total


def drive():
    return [scale_all(tf.constant([1.0, 2.0])) for _ in range(3)]
