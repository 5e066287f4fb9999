"""People's own models for the tests, sound and broken: what `--model own_models:<name>` finds."""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import tensorflow as tf

UNITS = 8


def compiled() -> Any:
    """A keras.Model with its own loss, regularisation and optimizer, built when it is first called."""
    import keras

    layers = keras.layers
    first = layers.Dense(UNITS, activation="relu", kernel_regularizer=keras.regularizers.L2(0.01))
    model = keras.Sequential([layers.Flatten(), first, layers.BatchNormalization(), layers.Dense(10)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(0.01, momentum=0.9), loss, metrics=["accuracy"])
    return model


def uncompiled() -> Any:
    """A keras.Model that takes the default optimizer, with a plain loss that wants whole labels."""
    import keras

    model = keras.Sequential([keras.Input((32, 32, 3)), keras.layers.Flatten(), keras.layers.Dense(10)])
    return {"model": model, "loss": tf.nn.sparse_softmax_cross_entropy_with_logits}


def rms() -> Any:
    """An optimizer of which no slot holds the gradients."""
    import keras

    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(10)])
    return {"model": model, "optimizer": keras.optimizers.RMSprop(1e-3)}


def dropout() -> Any:
    import keras

    return keras.Sequential([keras.layers.Flatten(), keras.layers.Dropout(0.5), keras.layers.Dense(10)])


def normalised() -> Any:
    """A convolution whose bias the normalisation after it takes away again: its gradient is zero but for rounding."""
    import keras

    layers = keras.layers
    first = [layers.Conv2D(UNITS, 3, strides=2), layers.BatchNormalization(), layers.ReLU()]
    return keras.Sequential([keras.Input((32, 32, 3)), *first, layers.GlobalAveragePooling2D(), layers.Dense(10)])


def attention() -> Any:
    """A key's bias adds the same to all scores of a query, which softmax takes away: its gradient is zero too."""
    import keras

    layers = keras.layers
    words = keras.Input([12], dtype="int32")
    embedded = layers.Embedding(50, 16)(words)
    attended = layers.LayerNormalization()(embedded + layers.MultiHeadAttention(2, UNITS)(embedded, embedded))
    model = keras.Model(words, layers.Dense(4)(layers.GlobalAveragePooling1D()(attended)))
    return {"model": model, "batch": _sentences}


def _sentences(size: int, seed: int) -> Any:
    draw = np.random.default_rng(seed)
    return [(draw.integers(0, 50, (size, 12)).astype("int32"), draw.integers(0, 4, size)) for _ in range(8)]


def recurrent() -> Any:
    """A GRU over the rows of the image."""
    import keras

    layers = keras.layers
    rows = [keras.Input((32, 32, 3)), layers.Reshape((32, 96))]
    return keras.Sequential([*rows, layers.GRU(16), layers.Dense(10)])


def mobilenet() -> Any:
    import keras

    return keras.applications.MobileNetV2(input_shape=(32, 32, 3), weights=None, classes=10, classifier_activation=None)


class Lazy(tf.Module):
    """Makes its variables when it is first called, one of them beside the loss, and counts its calls."""

    kernel: Any = None

    def __call__(self, images: Any) -> Any:
        x = tf.reshape(images, [-1, 3072])
        if self.kernel is None:
            self.kernel = tf.Variable(tf.random.normal([3072, 10]) * 0.01)
            self.unused = tf.Variable(1.0)
            self.calls = tf.Variable(0.0, trainable=False)
        self.calls.assign_add(1.0)
        return x @ tf.cast(self.kernel, x.dtype) + 0.01 * tf.cast(self.calls, x.dtype)


def lazy() -> Any:
    return Lazy(name="lazy")


class Counting(tf.Module):
    """Counts its calls in Python, and so only while it is traced; what it computes is the same."""

    def __init__(self) -> None:
        super().__init__()
        self.steps = 0
        self.kernel = tf.Variable(tf.random.normal([3072, 10]) * 0.01)

    def __call__(self, images: Any) -> Any:
        self.steps += 1
        return tf.reshape(images, [-1, 3072]) @ self.kernel


def counting() -> Any:
    return Counting()


def _line(batch: Callable[[int, int], Any]) -> Any:
    """A plain function on batches of its own."""
    weights = tf.Variable(tf.random.normal([UNITS, 1]), name="weights")

    def line(inputs: Any) -> Any:
        return inputs["x"] @ weights * inputs["scale"]

    def squares(labels: Any, outputs: Any) -> Any:
        return tf.square(labels - outputs)

    line.trainable_variables = [weights]  # type: ignore[attr-defined]
    return {"model": line, "loss": squares, "batch": batch}


def _pairs(count: int, size: int, seed: int, scale: Callable[[int], Any]) -> Iterator[Any]:
    """NumPy's own float64, as people have it."""
    for number, x in enumerate(np.random.default_rng(seed).normal(size=(count, size, UNITS))):
        yield {"x": x, "scale": scale(number)}, x.sum(axis=1, keepdims=True)


def line() -> Any:
    return _line(lambda size, seed: list(_pairs(4, size, seed, lambda number: np.float32(1.0))))


def generator() -> Any:
    return _line(lambda size, seed: _pairs(3, size, seed, lambda number: np.float32(1.0)))


def ragged() -> Any:
    """The ninth and last batch, which comes while timed, is short."""

    def batch(size: int, seed: int) -> Any:
        *whole, (inputs, labels) = _pairs(9, size, seed, lambda number: np.float32(1.0))
        return [*whole, ({"x": inputs["x"][:1], "scale": inputs["scale"]}, labels[:1])]

    return _line(batch)


def number() -> Any:
    """A Python number among the inputs changes with the ninth batch."""
    return _line(lambda size, seed: _pairs(100, size, seed, lambda number: 1 + number // 8))


def raises() -> Any:
    return {"units": 3}["unit"]


def raises_in_call() -> Any:
    weights = tf.Variable(tf.zeros([3072, 10]))

    def net(images: Any) -> Any:
        return broken(images) @ weights

    net.trainable_variables = [weights]  # type: ignore[attr-defined]
    return net


def broken(images: Any) -> Any:
    raise ValueError("the layer is broken")


def unseeded() -> Any:
    """Other weights in every process."""
    weights = tf.Variable(np.random.default_rng().normal(size=[3072, 10]).astype(np.float32) * 0.01)

    def net(images: Any) -> Any:
        return tf.reshape(images, [-1, 3072]) @ weights

    net.trainable_variables = [weights]  # type: ignore[attr-defined]
    return net


def no_model() -> Any:
    return 42


def no_variables() -> Any:
    def net(images: Any) -> Any:
        return images

    net.trainable_variables = []  # type: ignore[attr-defined]
    return net


def no_pairs() -> Any:
    return _line(lambda size, seed: [np.zeros(3)])


def misspelt() -> Any:
    return {"model": lazy(), "optimiser": None}


not_callable = 3
