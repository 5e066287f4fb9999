"""The tutorial's CNN with other poolings, to test what is said of its max pools: `--model pooling:average` in docs/.

`maximum` and `before_bias` compute the same, bit for bit going forward: a maximum commutes with adding a constant and
with ReLU. `reshape_and_max` gives the same values, but shares a gradient between equal maxima. `average` is another
network.
"""

from typing import Any

import tensorflow as tf

from cifar_core.models.layers import Conv
from cifar_core.models.tutorial_cnn import TutorialCNN


def maximum() -> TutorialCNN:
    """The model as it is."""
    return TutorialCNN(seed=0)


def average() -> TutorialCNN:
    """Without max pools: what is left of each speedup?"""
    model = maximum()
    model.pool = AveragePool()
    return model


def reshape_and_max() -> TutorialCNN:
    """Without the op for max pooling, whose gradient XLA is slow at on a CPU."""
    model = maximum()
    model.pool = ReshapeAndMax()
    return model


def before_bias() -> TutorialCNN:
    """Pooling before bias and ReLU, which then have a quarter of the values to handle."""
    model = maximum()
    model.conv1, model.conv2, model.conv3 = (PooledConv(conv) for conv in (model.conv1, model.conv2, model.conv3))
    model.pool = Unchanged()
    return model


class AveragePool(tf.Module):
    """2x2 mean, stride 2: [n, h, w, c] -> [n, h/2, w/2, c]."""

    def __call__(self, x: Any) -> Any:
        return tf.nn.avg_pool2d(x, ksize=2, strides=2, padding="VALID")


class ReshapeAndMax(tf.Module):
    """2x2 maximum, stride 2, as a maximum over two axes of a reshape."""

    def __call__(self, x: Any) -> Any:
        _, height, width, channels = x.shape
        return tf.reduce_max(tf.reshape(x, [-1, height // 2, 2, width // 2, 2, channels]), axis=[2, 4])


class PooledConv(tf.Module):
    """A convolution whose output is pooled before bias and ReLU: [n, h, w, inputs] -> [n, h/2, w/2, filters]."""

    def __init__(self, conv: Conv) -> None:
        super().__init__(name=conv.name)
        self.kernel, self.bias = conv.kernel, conv.bias

    def __call__(self, x: Any) -> Any:
        x = tf.nn.conv2d(x, self.kernel, strides=1, padding="SAME")
        x = tf.nn.max_pool2d(x, ksize=2, strides=2, padding="VALID")
        return tf.nn.relu(tf.nn.bias_add(x, self.bias))


class Unchanged(tf.Module):
    """x -> x."""

    def __call__(self, x: Any) -> Any:
        return x
