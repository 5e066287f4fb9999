"""The built-in networks in JAX: functions of arrays by TensorFlow's names, in TensorFlow's layouts (NHWC, HWIO).

Each takes the weights, the moving averages, images float32 [n, 32, 32, 3] and whether it is trained, which without a
word it is; it gives the logits [n, 10] and the moving averages after it.
"""

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax

from cifar_core.resnet9_blocks import BLOCKS, SCALE

Arrays = dict[str, Any]
Trained = tuple[Any, Arrays]


def tutorial_cnn(weights: Arrays, averages: Arrays, x: Any, training: bool = True) -> Trained:
    """Three blocks of convolution and pooling (32, 64, 128 filters), a dense layer of 256, logits."""
    for layer in ("conv1", "conv2", "conv3"):
        x = max_pool(jax.nn.relu(_conv(x, weights[f"{layer}_kernel"]) + weights[f"{layer}_bias"]))
    x = jax.nn.relu(_dense(weights, "hidden", x.reshape(len(x), -1)))
    return _dense(weights, "logits", x), averages


def mlp(weights: Arrays, averages: Arrays, x: Any, training: bool = True) -> Trained:
    """Four dense layers of 128."""
    x = x.reshape(len(x), -1)
    for layer in ("hidden1", "hidden2", "hidden3", "hidden4"):
        x = jax.nn.relu(_dense(weights, layer, x))
    return _dense(weights, "logits", x), averages


def resnet9(weights: Arrays, averages: Arrays, x: Any, training: bool = True) -> Trained:
    """Eight convolutions with batch normalisation, two residual pairs; logits scaled by an eighth."""
    entry, moved = x, dict[str, Any]()
    for name, _, _, pooled in BLOCKS:
        entry = x if name.endswith("a") else entry
        normalised = _normalised if training else _normalised_by_averages
        x, after = normalised(_conv(x, weights[f"{name}_kernel"]), f"{name}_norm", weights, averages)
        x, moved = jax.nn.relu(x), {**moved, **after}
        x = max_pool(x) if pooled else x
        x = x + entry if name.endswith("b") else x
    return SCALE * _dense(weights, "logits", x.max((1, 2))), moved


def _normalised(x: Any, name: str, weights: Arrays, averages: Arrays) -> Trained:
    """By the batch's own mean and variance; the averages move a tenth of the way towards them (n - 1, as elsewhere)."""
    mean, variance = x.mean((0, 1, 2)), x.var((0, 1, 2))
    count = x.size // x.shape[-1]
    towards = {f"{name}_moving_mean": mean, f"{name}_moving_variance": variance * (count / (count - 1))}
    moved = {key: averages[key] - (1 - 0.9) * (averages[key] - value) for key, value in towards.items()}
    return _scaled(x, name, weights, mean, variance), moved


def _normalised_by_averages(x: Any, name: str, weights: Arrays, averages: Arrays) -> Trained:
    return _scaled(x, name, weights, averages[f"{name}_moving_mean"], averages[f"{name}_moving_variance"]), {}


def _scaled(x: Any, name: str, weights: Arrays, mean: Any, variance: Any) -> Any:
    return (x - mean) * lax.rsqrt(variance + 1e-5) * weights[f"{name}_gamma"] + weights[f"{name}_beta"]


def _conv(x: Any, kernel: Any) -> Any:
    return lax.conv_general_dilated(x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))


def max_pool(x: Any) -> Any:
    """2x2 maximum, stride 2, of a reshape: on a CPU, XLA runs the gradient of `reduce_window` much slower."""
    count, height, width, channels = x.shape
    return x.reshape(count, height // 2, 2, width // 2, 2, channels).max((2, 4))


def _dense(weights: Arrays, layer: str, x: Any) -> Any:
    return x @ weights[f"{layer}_kernel"] + weights[f"{layer}_bias"]


NETWORKS: dict[str, Callable[..., Trained]] = {
    "tutorial_cnn": tutorial_cnn,
    "mlp": mlp,
    "resnet9": resnet9,
}


def cross_entropy(logits: Any, labels: Any) -> Any:
    """Mean softmax cross-entropy (nats) of logits [n, classes] against whole labels [n]."""
    return -jnp.mean(jnp.take_along_axis(jax.nn.log_softmax(logits), labels[:, None], 1))
