"""AG401: a Python number is part of the signature: each new one is a new trace. Returned: how many."""

import tensorflow as tf


def fails():
    @tf.function
    def step(x, epoch):
        return x * float(epoch)

    for epoch in range(6):
        step(tf.constant(1.0), epoch)
    return step.experimental_get_tracing_count()


def passes():
    @tf.function
    def step(x, epoch):
        return x * tf.cast(epoch, tf.float32)

    for epoch in range(6):
        step(tf.constant(1.0), tf.constant(epoch))
    return step.experimental_get_tracing_count()
