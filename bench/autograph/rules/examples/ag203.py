"""AG203: `self.v = self.v + 1` puts a tensor where the variable was."""

import tensorflow as tf


def fails():
    class Counter(tf.Module):
        def __init__(self):
            self.v = tf.Variable(1.0)

        @tf.function
        def step(self):
            self.v = self.v + 1.0
            return self.v

    counter = Counter()
    return [counter.step() for _ in range(3)], type(counter.v).__name__


def passes():
    class Counter(tf.Module):
        def __init__(self):
            self.v = tf.Variable(1.0)

        @tf.function
        def step(self):
            self.v.assign_add(1.0)
            return self.v.read_value()

    counter = Counter()
    return [counter.step() for _ in range(3)], type(counter.v).__name__
