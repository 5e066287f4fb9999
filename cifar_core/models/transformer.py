"""A small transformer encoder on the patches of an image (Dosovitskiy et al. 2021, arXiv:2010.11929), norms first.

Many small matrix products, a softmax and normalisations: what fusing ops is good for.
"""

from typing import Any

import numpy as np
import tensorflow as tf

from cifar_core.models.layers import Dense, LayerNorm, Linear, TrainingMode
from cifar_core.transformer_sizes import BLOCKS, HEADS, INNER, PATCH, TOKENS, WIDTH


class EncoderBlock(tf.Module):
    """Attention of all tokens to each other, then two dense layers, each added to what came in: [n * tokens, width]."""

    def __init__(self, rng: np.random.Generator, name: str) -> None:
        super().__init__(name=name)
        self.norms = [LayerNorm(WIDTH, f"{name}_norm{number}") for number in (1, 2)]
        # Without biases: softmax takes that of the keys away again, and its gradient would be nothing but rounding.
        self.query, self.key, self.value = (
            Linear(rng, WIDTH, WIDTH, f"{name}_{part}") for part in ("query", "key", "value")
        )
        self.mixed = Dense(rng, WIDTH, WIDTH, f"{name}_mixed")
        self.inner, self.outer = Dense(rng, WIDTH, INNER, f"{name}_inner"), Dense(rng, INNER, WIDTH, f"{name}_outer")

    def __call__(self, x: Any) -> Any:
        normed = self.norms[0](x)
        query, key, value = (_by_head(layer(normed)) for layer in (self.query, self.key, self.value))
        scores = tf.matmul(query, key, transpose_b=True) * (WIDTH // HEADS) ** -0.5
        attended = tf.transpose(tf.matmul(tf.nn.softmax(scores), value), [0, 2, 1, 3])
        x += self.mixed(tf.reshape(attended, [-1, WIDTH]))
        return x + self.outer(tf.nn.relu(self.inner(self.norms[1](x))))


def _by_head(x: Any) -> Any:
    """[n * tokens, width] -> [n, heads, tokens, width / heads]."""
    return tf.transpose(tf.reshape(x, [-1, TOKENS, HEADS, WIDTH // HEADS]), [0, 2, 1, 3])


class Transformer(tf.Module):
    """images float32 [n, 32, 32, 3] -> logits float32 [n, 10]: patches of 8 x 8, two blocks, the mean of the tokens."""

    def __init__(self, seed: int) -> None:
        super().__init__(name="transformer")
        rng = np.random.default_rng(seed)
        self.patches = Dense(rng, PATCH * PATCH * 3, WIDTH, "patches")
        start = (0.02 * rng.standard_normal((TOKENS, WIDTH))).astype(np.float32)
        self.positions = tf.Variable(start, name="positions_embeddings")
        self.blocks = [EncoderBlock(rng, f"block{number}") for number in range(1, BLOCKS + 1)]
        self.norm, self.logits = LayerNorm(WIDTH, "norm"), Dense(rng, WIDTH, 10, "logits")

    def __call__(self, images: Any, training: TrainingMode | None = None) -> Any:
        cut = tf.transpose(tf.reshape(images, [-1, 4, PATCH, 4, PATCH, 3]), [0, 1, 3, 2, 4, 5])
        x = tf.reshape(self.patches(tf.reshape(cut, [-1, PATCH * PATCH * 3])), [-1, TOKENS, WIDTH])
        x = tf.reshape(x + tf.cast(self.positions, x.dtype), [-1, WIDTH])
        for block in self.blocks:
            x = block(x)
        x = tf.reduce_mean(tf.reshape(self.norm(x), [-1, TOKENS, WIDTH]), axis=1)
        return self.logits(training.drop(x) if training else x)

    @staticmethod
    def keras_logits(images: Any) -> Any:
        """The same architecture in Keras' layers."""
        from cifar_core.models.transformer_keras import logits

        return logits(images)


def build(seed: int) -> Transformer:
    """The network with initial weights drawn from `seed`."""
    return Transformer(seed)
