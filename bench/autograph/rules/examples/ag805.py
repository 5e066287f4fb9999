"""AG805: one trace serves every length, but XLA compiles again for each. The result does not count compilations."""

import tensorflow as tf


def fails():
    @tf.function(jit_compile=True, input_signature=[tf.TensorSpec([None], tf.float32)])
    def total(x):
        return tf.reduce_sum(x)

    return [total(tf.ones([n])) for n in (2, 3, 4)]


def passes():
    @tf.function(jit_compile=True, input_signature=[tf.TensorSpec([4], tf.float32)])
    def total(x):
        return tf.reduce_sum(x)

    return [total(tf.pad(tf.ones([n]), [[0, 4 - n]])) for n in (2, 3, 4)]
