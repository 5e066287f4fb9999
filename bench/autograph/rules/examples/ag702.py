"""AG702: NumPy draws while tracing, once. Returned: are three draws the same?"""

import numpy as np
import tensorflow as tf


def fails():
    @tf.function
    def noise(x):
        return x + np.random.normal()

    draws = [float(noise(tf.constant(0.0))) for _ in range(3)]
    return len(set(draws)) == 1


def passes():
    @tf.function
    def noise(x):
        return x + tf.random.normal([])

    draws = [float(noise(tf.constant(0.0))) for _ in range(3)]
    return len(set(draws)) == 1
