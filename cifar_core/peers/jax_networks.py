"""The built-in networks in JAX: functions of weights by TensorFlow's names, in TensorFlow's layouts (NHWC, HWIO)."""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

Weights = dict[str, Any]


def tutorial_cnn(weights: Weights, x: Any) -> Any:
    """Three blocks of convolution and pooling (32, 64, 128 filters), a dense layer of 256, logits."""
    for layer in ("conv1", "conv2", "conv3"):
        x = max_pool(jax.nn.relu(_conv(x, weights[f"{layer}_kernel"]) + weights[f"{layer}_bias"]))
    return _dense(weights, "logits", jax.nn.relu(_dense(weights, "hidden", x.reshape(len(x), -1))))


def mlp(weights: Weights, x: Any) -> Any:
    """Four dense layers of 128."""
    x = x.reshape(len(x), -1)
    for layer in ("hidden1", "hidden2", "hidden3", "hidden4"):
        x = jax.nn.relu(_dense(weights, layer, x))
    return _dense(weights, "logits", x)


def _conv(x: Any, kernel: Any) -> Any:
    return lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))


def max_pool(x: Any) -> Any:
    """2x2 maximum, stride 2, of a reshape: on a CPU, XLA runs the gradient of `reduce_window` far slower."""
    count, height, width, channels = x.shape
    return x.reshape(count, height // 2, 2, width // 2, 2, channels).max((2, 4))


def _dense(weights: Weights, layer: str, x: Any) -> Any:
    return x @ weights[f"{layer}_kernel"] + weights[f"{layer}_bias"]


NETWORKS: dict[str, Callable[[Weights, Any], Any]] = {"tutorial_cnn": tutorial_cnn, "mlp": mlp}


def cross_entropy(logits: Any, labels: Any) -> Any:
    """Mean softmax cross-entropy (nats) of logits [n, classes] against whole labels [n]."""
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], 1))
