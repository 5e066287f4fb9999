"""AG802: XLA lays out a loop's memory before it runs, so nothing in it may change its shape."""

import tensorflow as tf


def fails():
    @tf.function(jit_compile=True)
    def doublings(n):
        row = tf.ones([1])
        for _ in tf.range(n):
            tf.autograph.experimental.set_loop_options(shape_invariants=[(row, tf.TensorShape([None]))])
            row = tf.concat([row, row], 0)
        return tf.reduce_sum(row)

    return doublings(tf.constant(2))


def passes():
    @tf.function(jit_compile=True)
    def doublings(n):
        row = tf.ones([1])
        for _ in tf.range(n):
            row = 2.0 * row
        return tf.reduce_sum(row)

    return doublings(tf.constant(2))
