"""tensorflow#31175: the step of a model, a bound method, handed to an epoch function."""

import tensorflow as tf


class Net(tf.Module):
    def __init__(self):
        self.w = tf.Variable(2.0)

    def step(self, x):
        return self.w * x


@tf.function
def epoch(step, xs):
    total = tf.constant(0.0)
    for x in xs:
        total += step(x)
    return total


def drive():
    net = Net()
    return [epoch(net.step, tf.constant([1.0, 2.0, 3.0])) for _ in range(5)]
