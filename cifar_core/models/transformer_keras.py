"""The transformer encoder in Keras' layers, with the names of the plain one's weights. No model of its own."""

from typing import Any

import keras
from keras import layers, ops

from cifar_core.models.layers import LayerNorm
from cifar_core.transformer_sizes import BLOCKS, HEADS, INNER, PATCH, TOKENS, WIDTH


class Positions(layers.Layer):
    """Adds a learned vector to each token."""

    def build(self, input_shape: Any) -> None:
        """Makes the vectors, [tokens, width]."""
        self.embeddings = self.add_weight(shape=(TOKENS, WIDTH), name="embeddings")

    def call(self, x: Any) -> Any:
        return x + ops.cast(self.embeddings, x.dtype)


def logits(images: Any) -> Any:
    """Images [n, 32, 32, 3] -> logits [n, 10]."""
    cut = ops.transpose(ops.reshape(images, [-1, 4, PATCH, 4, PATCH, 3]), [0, 1, 3, 2, 4, 5])
    x = layers.Dense(WIDTH, name="patches")(ops.reshape(cut, [-1, TOKENS, PATCH * PATCH * 3]))
    x = Positions(name="positions")(x)
    for number in range(1, BLOCKS + 1):
        x = _block(x, f"block{number}")
    x = layers.GlobalAveragePooling1D()(_norm("norm")(x))
    return layers.Dense(10, name="logits")(x)


def _block(x: Any, name: str) -> Any:
    normed = _norm(f"{name}_norm1")(x)
    query, key, value = (_by_head(_linear(name, part)(normed)) for part in ("query", "key", "value"))
    scores = ops.matmul(query, ops.transpose(key, [0, 1, 3, 2])) * (WIDTH // HEADS) ** -0.5
    attended = ops.transpose(ops.matmul(ops.softmax(scores), value), [0, 2, 1, 3])
    x = x + _dense(name, "mixed")(ops.reshape(attended, [-1, TOKENS, WIDTH]))
    inner = _dense(name, "inner", INNER, activation="relu")(_norm(f"{name}_norm2")(x))
    return x + _dense(name, "outer")(inner)


def _dense(block: str, part: str, units: int = WIDTH, activation: str | None = None) -> keras.layers.Layer:
    return layers.Dense(units, activation=activation, name=f"{block}_{part}")


def _linear(block: str, part: str) -> keras.layers.Layer:
    return layers.Dense(WIDTH, use_bias=False, name=f"{block}_{part}")


def _norm(name: str) -> keras.layers.Layer:
    return layers.LayerNormalization(epsilon=LayerNorm.EPSILON, name=name)


def _by_head(x: Any) -> Any:
    return ops.transpose(ops.reshape(x, [-1, TOKENS, HEADS, WIDTH // HEADS]), [0, 2, 1, 3])
