"""AG708: what Keras reads while tracing stays in the trace; a variable is read at each call."""

import keras
import tensorflow as tf


def fails():
    layer = keras.layers.Dense(1)
    layer.build([None, 1])

    @tf.function
    def step():
        return len(layer.trainable_variables)

    before = step()
    layer.trainable = False
    return before, step()


def passes():
    optimizer = keras.optimizers.SGD(1.0)

    @tf.function
    def step():
        return optimizer.learning_rate * 1.0

    before = step()
    optimizer.learning_rate = 5.0
    return before, step()
