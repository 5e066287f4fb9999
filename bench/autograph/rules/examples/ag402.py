"""AG402: the last batch is smaller, and a new shape is a new trace. Returned: how many."""

import tensorflow as tf


def fails():
    @tf.function
    def step(x):
        return tf.reduce_sum(x)

    for batch in tf.data.Dataset.range(10).batch(4):
        step(batch)
    return step.experimental_get_tracing_count()


def passes():
    @tf.function
    def step(x):
        return tf.reduce_sum(x)

    for batch in tf.data.Dataset.range(10).batch(4, drop_remainder=True):
        step(batch)
    return step.experimental_get_tracing_count()
