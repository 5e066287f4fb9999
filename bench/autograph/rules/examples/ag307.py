"""AG307: the method leaves a tensor of the loop's own graph in the object."""

import tensorflow as tf


def fails():
    class Sums(tf.Module):
        def __init__(self):
            self.rows = []

        def note(self, x):
            self.rows.append(x)  # noqa: AG301

        @tf.function
        def step(self, n):
            for i in tf.range(n):
                self.note(i)
            return tf.add_n(self.rows)

    sums = Sums()
    return sums.step(tf.constant(3))


def passes():
    class Sums(tf.Module):
        def note(self, total, x):
            return total + x

        @tf.function
        def step(self, n):
            total = tf.constant(0)
            for i in tf.range(n):
                total = self.note(total, i)
            return total

    sums = Sums()
    return sums.step(tf.constant(3))
