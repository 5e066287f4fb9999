"""AG707: a seed set inside is set while tracing only. Returned: do two calls draw the same?"""

import tensorflow as tf


def fails():
    @tf.function
    def draw():
        tf.random.set_seed(1)
        return tf.random.uniform([])

    return float(draw()) == float(draw())


def passes():
    @tf.function
    def draw(seed):
        return tf.random.stateless_uniform([], seed, alg="philox")

    return float(draw(tf.constant([1, 2]))) == float(draw(tf.constant([1, 2])))
