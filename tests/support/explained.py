"""Functions that `explain` is tried on, each with something of its own."""

import numpy as np
import tensorflow as tf


def collatz(n):
    """Steps until n is one: a loop and a branch that a tensor decides."""
    steps = tf.constant(0)
    while n > 1:
        if n % 2 == 0:  # noqa: SIM108 - the branch is the point
            n = n // 2
        else:
            n = 3 * n + 1
        steps += 1
    return steps


class Scale(tf.Module):
    def __init__(self):
        self.weight = tf.Variable(3.0)

    @tf.function
    def apply(self, x, *, times):
        for _ in range(times):
            x = x * self.weight
        return x


def drive():
    Scale().apply(tf.constant([1.0, 2.0]), times=4)


@tf.autograph.experimental.do_not_convert
def kept(x):
    return tf.py_function(lambda value: value + np.float32(1), [x], tf.float32)


exec("def unreadable(x):\n    return x + 1")  # noqa: S102 - a function without a source


def broken(x):
    raise ValueError("as it should")


def idle():
    """Calls nothing."""
