"""AG302: the name is rebound once per trace."""

import tensorflow as tf


def fails():
    count = 0

    @tf.function
    def step(x):
        nonlocal count
        count += 1
        return x + float(count)

    return [step(tf.constant(0.0)) for _ in range(3)]


def passes():
    count = tf.Variable(0.0)

    @tf.function
    def step(x):
        return x + count.assign_add(1.0)

    return [step(tf.constant(0.0)) for _ in range(3)]
