"""AG405: an object is known by its identity: what changes in it is not seen."""

import tensorflow as tf


class Settings:
    def __init__(self, rate):
        self.rate = rate


def fails():
    @tf.function
    def step(x, settings):
        return x * settings.rate

    settings = Settings(1.0)
    before = step(tf.constant(1.0), settings)
    settings.rate = 5.0
    return before, step(tf.constant(1.0), settings)


def passes():
    @tf.function
    def step(x, rate):
        return x * rate

    before = step(tf.constant(1.0), tf.constant(1.0))
    return before, step(tf.constant(1.0), tf.constant(5.0))
