"""AG303: an attribute is set once per trace, so this counter does not count."""

import tensorflow as tf


def fails():
    class Counter(tf.Module):
        def __init__(self):
            self.n = 0

        @tf.function
        def step(self):
            self.n += 1
            return tf.constant(self.n)

    counter = Counter()
    return [counter.step() for _ in range(3)]


def passes():
    class Counter(tf.Module):
        def __init__(self):
            self.n = tf.Variable(0)

        @tf.function
        def step(self):
            self.n.assign_add(1)
            return self.n.read_value()

    counter = Counter()
    return [counter.step() for _ in range(3)]
