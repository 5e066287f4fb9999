"""AG202: a layer made inside makes its variables inside."""

import keras
import tensorflow as tf


def fails():
    @tf.function
    def step(x):
        layer = keras.layers.Dense(1, kernel_initializer="ones")
        return layer(x)

    return step(tf.constant([[1.0, 2.0]]))


def passes():
    layer = keras.layers.Dense(1, kernel_initializer="ones")
    layer.build((None, 2))

    @tf.function
    def step(x):
        return layer(x)

    return step(tf.constant([[1.0, 2.0]]))
