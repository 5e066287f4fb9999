"""AG310: each lambda keeps its own name in a graph, and in Python all see the last."""

import tensorflow as tf


def fails():
    @tf.function
    def step(x):
        actions = []
        for factor in (1.0, 2.0, 3.0):
            actions.append(lambda v: v * factor)
        total = tf.zeros_like(x)
        for action in actions:
            total = total + action(x)
        return total

    return step(tf.constant([1.0, 2.0]))


def passes():
    @tf.function
    def step(x):
        actions = []
        for factor in (1.0, 2.0, 3.0):
            actions.append(lambda v, factor=factor: v * factor)
        total = tf.zeros_like(x)
        for action in actions:
            total = total + action(x)
        return total

    return step(tf.constant([1.0, 2.0]))
