"""AG602: Keras calls a layer's `call` where AutoGraph does not convert it."""

import keras
import tensorflow as tf


def fails():
    class Flip(keras.layers.Layer):
        def call(self, inputs):
            if tf.reduce_sum(inputs) > 0.0:
                return -inputs
            return inputs

    layer = Flip()

    @tf.function
    def step(x):
        return layer(x)

    return step(tf.constant([1.0, 2.0]))


def passes():
    class Flip(keras.layers.Layer):
        @tf.function
        def call(self, inputs):
            if tf.reduce_sum(inputs) > 0.0:
                return -inputs
            return inputs

    layer = Flip()

    @tf.function
    def step(x):
        return layer(x)

    return step(tf.constant([1.0, 2.0]))
