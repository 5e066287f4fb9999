"""AG801: XLA compiles neither printing nor texts nor Python."""

import tensorflow as tf


def fails():
    @tf.function(jit_compile=True)
    def step(x):
        tf.print("x is", x)
        return x + 1.0

    return step(tf.constant(1.0))


def passes():
    @tf.function(jit_compile=True)
    def step(x):
        return x + 1.0

    y = step(tf.constant(1.0))
    tf.print("y is", y)
    return y
