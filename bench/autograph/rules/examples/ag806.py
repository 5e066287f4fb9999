"""AG806: XLA draws other numbers from the same seed. Returned: is it the number of eager mode?"""

import tensorflow as tf


def fails():
    @tf.function(jit_compile=True)
    def draw(seed):
        return tf.random.stateless_uniform([], seed)

    expected = tf.random.stateless_uniform([], [1, 2])
    return float(draw(tf.constant([1, 2]))) == float(expected)


def passes():
    @tf.function(jit_compile=True)
    def double(noise):
        return 2.0 * noise

    expected = tf.random.stateless_uniform([], [1, 2])
    return float(double(tf.random.stateless_uniform([], [1, 2]))) == 2.0 * float(expected)
