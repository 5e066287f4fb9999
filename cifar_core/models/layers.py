"""The layers that models are made of, on plain TensorFlow ops: convolution, pooling, dense, batch normalisation.

Plain ops rather than Keras layers, because the same objects must serve eager, tf.function and a bare TF1 Session.
Initial weights come from NumPy, so that they are the same in every mode. A layer computes in the precision of what it
is given, from weights in float32. Leaves out losses and optimizers.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import tensorflow as tf


def glorot_uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> Any:
    """Uniform in +-sqrt(6 / (fan-in + fan-out)) (Glorot and Bengio 2010, eq. 16), as Keras initialises its layers."""
    window = int(np.prod(shape[:-2]))
    limit = np.sqrt(6.0 / (window * (shape[-2] + shape[-1])))
    return rng.uniform(-limit, limit, shape).astype(np.float32)


class Conv(tf.Module):
    """3x3 convolution, stride 1, padding SAME, bias, ReLU: [n, h, w, inputs] -> [n, h, w, filters]."""

    def __init__(self, rng: np.random.Generator, inputs: int, filters: int, name: str) -> None:
        super().__init__(name=name)
        self.kernel = tf.Variable(glorot_uniform(rng, (3, 3, inputs, filters)), name=f"{name}_kernel")
        self.bias = tf.Variable(np.zeros(filters, np.float32), name=f"{name}_bias")

    def __call__(self, x: Any) -> Any:
        x = tf.nn.conv2d(x, tf.cast(self.kernel, x.dtype), strides=1, padding="SAME")
        return tf.nn.relu(tf.nn.bias_add(x, tf.cast(self.bias, x.dtype)))


class MaxPool(tf.Module):
    """2x2 maximum, stride 2: [n, h, w, c] -> [n, h/2, w/2, c]."""

    def __call__(self, x: Any) -> Any:
        return tf.nn.max_pool2d(x, ksize=2, strides=2, padding="VALID")


class Linear(tf.Module):
    """x @ kernel: [n, inputs] -> [n, units]."""

    def __init__(self, rng: np.random.Generator, inputs: int, units: int, name: str) -> None:
        super().__init__(name=name)
        self.kernel = tf.Variable(glorot_uniform(rng, (inputs, units)), name=f"{name}_kernel")

    def __call__(self, x: Any) -> Any:
        return tf.matmul(x, tf.cast(self.kernel, x.dtype))


class Dense(tf.Module):
    """x @ kernel + bias: [n, inputs] -> [n, units]."""

    def __init__(self, rng: np.random.Generator, inputs: int, units: int, name: str) -> None:
        super().__init__(name=name)
        self.kernel = tf.Variable(glorot_uniform(rng, (inputs, units)), name=f"{name}_kernel")
        self.bias = tf.Variable(np.zeros(units, np.float32), name=f"{name}_bias")

    def __call__(self, x: Any) -> Any:
        return tf.nn.bias_add(tf.matmul(x, tf.cast(self.kernel, x.dtype)), tf.cast(self.bias, x.dtype))


class LayerNorm(tf.Module):
    """Each row of [n, units] with mean 0 and variance 1, times gamma plus beta (Ba et al. 2016, arXiv:1607.06450).

    Computed in float32, as in Keras.
    """

    EPSILON = 1e-6

    def __init__(self, units: int, name: str) -> None:
        super().__init__(name=name)
        self.gamma = tf.Variable(np.ones(units, np.float32), name=f"{name}_gamma")
        self.beta = tf.Variable(np.zeros(units, np.float32), name=f"{name}_beta")

    def __call__(self, x: Any) -> Any:
        wide = tf.cast(x, tf.float32)
        mean, variance = tf.nn.moments(wide, [-1], keepdims=True)
        normed = tf.nn.batch_normalization(wide, mean, variance, self.beta, self.gamma, self.EPSILON)
        return tf.cast(normed, x.dtype)


@dataclass
class TrainingMode:
    """A forward pass that trains: what to drop before the last layer, and the updates that layers make beside it.

    Layers append to `updates`; a TF1 graph must fetch them, elsewhere they have already run.
    """

    drop: Callable[[Any], Any]
    updates: list[Any] = field(default_factory=list)


class ConvNorm(tf.Module):
    """3x3 convolution without bias, batch normalisation (Ioffe and Szegedy 2015), ReLU: [n, h, w, c] -> [n, h, w, f].

    While training it normalises with the batch's own mean and variance and moves its averages a tenth of the way
    towards them; else it normalises with the averages.
    """

    EPSILON, MOMENTUM = 1e-5, 0.9

    def __init__(self, rng: np.random.Generator, inputs: int, filters: int, name: str) -> None:
        super().__init__(name=name)
        self.kernel = tf.Variable(glorot_uniform(rng, (3, 3, inputs, filters)), name=f"{name}_kernel")
        self.gamma = tf.Variable(np.ones(filters, np.float32), name=f"{name}_norm_gamma")
        self.beta = tf.Variable(np.zeros(filters, np.float32), name=f"{name}_norm_beta")
        self.mean = tf.Variable(np.zeros(filters, np.float32), trainable=False, name=f"{name}_norm_moving_mean")
        self.variance = tf.Variable(np.ones(filters, np.float32), trainable=False, name=f"{name}_norm_moving_variance")

    def __call__(self, x: Any, training: TrainingMode | None = None) -> Any:
        x = tf.nn.conv2d(x, tf.cast(self.kernel, x.dtype), strides=1, padding="SAME")
        return tf.nn.relu(self._normalised(x) if training is None else self._normalised_by_batch(x, training))

    def _normalised(self, x: Any) -> Any:
        return tf.nn.batch_normalization(x, self.mean, self.variance, self.beta, self.gamma, self.EPSILON)

    def _normalised_by_batch(self, x: Any, training: TrainingMode) -> Any:
        # The fused op gives the variance that is unbiased (n - 1) for the average, and normalises with the biased one.
        x, mean, variance = tf.compat.v1.nn.fused_batch_norm(x, self.gamma, self.beta, epsilon=self.EPSILON)
        training.updates += [
            average.assign_sub((1 - self.MOMENTUM) * (average - value))
            for average, value in ((self.mean, mean), (self.variance, variance))
        ]
        return x
