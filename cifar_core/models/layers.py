"""The layers that models are made of, on plain TensorFlow ops: convolution, pooling, dense.

Plain ops rather than Keras layers, because the same objects must serve eager, tf.function and a bare TF1 Session.
Initial weights come from NumPy, so that they are the same in every mode. Leaves out losses and optimizers.
"""

from typing import Any

import numpy as np
import tensorflow as tf


def _glorot_uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Uniform in +-sqrt(6 / (fan-in + fan-out)) (Glorot and Bengio 2010, eq. 16), as Keras initialises its layers."""
    window = int(np.prod(shape[:-2]))
    limit = np.sqrt(6.0 / (window * (shape[-2] + shape[-1])))
    return rng.uniform(-limit, limit, shape).astype(np.float32)


class Conv(tf.Module):
    """3x3 convolution, stride 1, padding SAME, bias, ReLU: [n, h, w, inputs] -> [n, h, w, filters]."""

    def __init__(self, rng: np.random.Generator, inputs: int, filters: int, name: str) -> None:
        super().__init__(name=name)
        self.kernel = tf.Variable(_glorot_uniform(rng, (3, 3, inputs, filters)), name=f"{name}_kernel")
        self.bias = tf.Variable(np.zeros(filters, np.float32), name=f"{name}_bias")

    def __call__(self, x: Any) -> Any:
        return tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d(x, self.kernel, strides=1, padding="SAME"), self.bias))


class MaxPool(tf.Module):
    """2x2 maximum, stride 2: [n, h, w, c] -> [n, h/2, w/2, c]."""

    def __call__(self, x: Any) -> Any:
        return tf.nn.max_pool2d(x, ksize=2, strides=2, padding="VALID")


class Dense(tf.Module):
    """x @ kernel + bias: [n, inputs] -> [n, units]."""

    def __init__(self, rng: np.random.Generator, inputs: int, units: int, name: str) -> None:
        super().__init__(name=name)
        self.kernel = tf.Variable(_glorot_uniform(rng, (inputs, units)), name=f"{name}_kernel")
        self.bias = tf.Variable(np.zeros(units, np.float32), name=f"{name}_bias")

    def __call__(self, x: Any) -> Any:
        return tf.nn.bias_add(tf.matmul(x, self.kernel), self.bias)
