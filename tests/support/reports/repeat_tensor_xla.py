"""tensorflow#52905: tf.repeat with a number of times that is a tensor."""

import tensorflow as tf


@tf.function(jit_compile=True)
def spread(values, times):
    return tf.repeat(values, times)


def drive():
    return [spread(tf.constant([1.0, 2.0]), tf.constant([2, 1])) for _ in range(3)]
