"""AG803: an array of XLA does not grow: what is written past its size is lost."""

import tensorflow as tf


def fails():
    @tf.function(jit_compile=True)
    def doubles():
        rows = tf.TensorArray(tf.int32, size=0, dynamic_size=True)
        for i in tf.range(3):
            rows = rows.write(i, 2 * i)
        return rows.stack()

    return doubles()


def passes():
    @tf.function(jit_compile=True)
    def doubles():
        rows = tf.TensorArray(tf.int32, size=3)
        for i in tf.range(3):
            rows = rows.write(i, 2 * i)
        return rows.stack()

    return doubles()
