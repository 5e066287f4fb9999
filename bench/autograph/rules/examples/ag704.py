"""AG704: NumPy needs values, and a symbolic tensor has none."""

import numpy as np
import tensorflow as tf


def fails():
    @tf.function
    def step(x):
        return np.square(tf.abs(x))

    return step(tf.constant([1.0, -2.0]))


def passes():
    @tf.function
    def step(x):
        return tf.square(tf.abs(x)) * np.square(2.0)

    return step(tf.constant([1.0, -2.0]))
