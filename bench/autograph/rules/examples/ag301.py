"""AG301: the list grows once per trace, and is left with a symbolic tensor."""

import tensorflow as tf


def fails():
    losses = []

    @tf.function
    def step(x):
        losses.append(x * 2.0)
        return x

    for value in (1.0, 2.0, 3.0):
        step(tf.constant(value))
    return len(losses)


def passes():
    losses = []

    @tf.function
    def step(x):
        return x * 2.0

    for value in (1.0, 2.0, 3.0):
        losses.append(step(tf.constant(value)))
    return len(losses)
