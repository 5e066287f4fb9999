"""AG204: a tf.function method holds its object weakly, and nothing else holds this one."""

import tensorflow as tf


class Scale(tf.Module):
    def __init__(self):
        self.factor = 2.0

    @tf.function
    def step(self, x):
        return x * self.factor


def fails():
    return Scale().step(tf.constant(1.0))


def passes():
    scale = Scale()
    return scale.step(tf.constant(1.0))
