"""A recurrent network over the rows of an image (Cho et al. 2014, arXiv:1406.1078), whose loop is part of the graph.

Eagerly Python runs the loop, a row at a time; traced, it is a while loop in the graph. The gates are those of Keras and
cuDNN: the reset gate is applied after the recurrent product.
"""

from typing import Any

import numpy as np
import tensorflow as tf

from cifar_core.models.layers import Dense, TrainingMode, glorot_uniform

ROWS, PIXELS, UNITS = 32, 96, 128


class GRU(tf.Module):
    """images float32 [n, 32, 32, 3] -> logits float32 [n, 10], of the state after the last of 32 rows of 96 values."""

    def __init__(self, seed: int) -> None:
        super().__init__(name="gru")
        rng = np.random.default_rng(seed)
        self.kernel = tf.Variable(glorot_uniform(rng, (PIXELS, 3 * UNITS)), name="gru_cell_kernel")
        self.recurrent = tf.Variable(glorot_uniform(rng, (UNITS, 3 * UNITS)), name="gru_cell_recurrent_kernel")
        self.bias = tf.Variable(np.zeros((2, 3 * UNITS), np.float32), name="gru_cell_bias")
        self.logits = Dense(rng, UNITS, 10, "logits")

    def __call__(self, images: Any, training: TrainingMode | None = None) -> Any:
        kernel, recurrent, bias = (tf.cast(v, images.dtype) for v in (self.kernel, self.recurrent, self.bias))
        rows = tf.transpose(tf.reshape(images, [-1, ROWS, PIXELS]), [1, 0, 2])
        given = tf.reshape(tf.matmul(tf.reshape(rows, [-1, PIXELS]), kernel) + bias[0], [ROWS, -1, 3 * UNITS])
        per_row = tf.TensorArray(given.dtype, ROWS, element_shape=given.shape[1:]).unstack(given)

        def after(row: Any, state: Any) -> tuple[Any, Any]:
            return row + 1, next_state(state, per_row.read(row), tf.matmul(state, recurrent) + bias[1])

        start = (tf.constant(0), tf.zeros_like(given[0, :, :UNITS]))
        _, state = tf.while_loop(lambda row, _: row < ROWS, after, start, maximum_iterations=ROWS)
        return self.logits(training.drop(state) if training else state)

    @staticmethod
    def keras_logits(images: Any) -> Any:
        """The same architecture in Keras' layers."""
        from keras import layers

        x = layers.GRU(UNITS, name="gru")(layers.Reshape((ROWS, PIXELS))(images))
        return layers.Dense(10, name="logits")(x)


def next_state(state: Any, given: Any, recurrent: Any) -> Any:
    """The state after one row, [n, units], of what the row and the state give to the gates, both [n, 3 * units]."""
    update, reset, new = tf.split(given, 3, axis=1)
    update_state, reset_state, new_state = tf.split(recurrent, 3, axis=1)
    keeps = tf.sigmoid(update + update_state)
    candidate = tf.tanh(new + tf.sigmoid(reset + reset_state) * new_state)
    return keeps * state + (1 - keeps) * candidate


def build(seed: int) -> GRU:
    """The network with initial weights drawn from `seed`."""
    return GRU(seed)
