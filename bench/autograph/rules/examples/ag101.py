"""AG101: print runs while TensorFlow traces, once, and shows a tensor without a value."""

import tensorflow as tf


def fails():
    @tf.function
    def step(x):
        print("x is", x)
        return x + 1

    return [step(tf.constant(value)) for value in (1.0, 2.0, 3.0)]


def passes():
    @tf.function
    def step(x):
        tf.print("x is", x)
        return x + 1

    return [step(tf.constant(value)) for value in (1.0, 2.0, 3.0)]
