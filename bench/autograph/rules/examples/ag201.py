"""AG201: a variable made inside would be made at every call, and a graph is made once."""

import tensorflow as tf


def fails():
    @tf.function
    def step(x):
        offset = tf.Variable(1.0)
        return x + offset

    return [step(tf.constant(1.0)), step(tf.constant(2.0))]


def passes():
    offset = tf.Variable(1.0)

    @tf.function
    def step(x):
        return x + offset

    return [step(tf.constant(1.0)), step(tf.constant(2.0))]
