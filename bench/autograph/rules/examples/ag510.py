"""AG510: the untaken branch is traced too, and TensorFlow knows the shape then."""

import tensorflow as tf


def fails():
    @tf.function
    def third(x):
        if tf.shape(x)[0] > 2:
            return x[2]
        return x[0]

    return third(tf.constant([1.0, 2.0]))


def passes():
    @tf.function
    def third(x):
        if x.shape[0] > 2:
            return x[2]
        return x[0]

    return third(tf.constant([1.0, 2.0]))
