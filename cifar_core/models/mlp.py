"""A small multilayer perceptron: so little arithmetic per step that dispatch overhead shows."""

from typing import Any

import numpy as np
import tensorflow as tf

from cifar_core.models.layers import Dense, TrainingMode

PIXELS, UNITS = 32 * 32 * 3, 128


class MLP(tf.Module):
    """images float32 [n, 32, 32, 3] -> logits float32 [n, 10], through four layers of 128."""

    def __init__(self, seed: int) -> None:
        super().__init__(name="mlp")
        rng = np.random.default_rng(seed)
        inputs = (PIXELS, UNITS, UNITS, UNITS)
        self.hidden = [Dense(rng, count, UNITS, f"hidden{number}") for number, count in enumerate(inputs, 1)]
        self.logits = Dense(rng, UNITS, 10, "logits")

    def __call__(self, images: Any, training: TrainingMode | None = None) -> Any:
        x = tf.reshape(images, [-1, PIXELS])
        for layer in self.hidden:
            x = tf.nn.relu(layer(x))
        return self.logits(training.drop(x) if training else x)

    @staticmethod
    def keras_logits(images: Any) -> Any:
        """The same architecture in Keras' layers."""
        from keras.layers import Dense as KerasDense
        from keras.layers import Flatten

        x = Flatten()(images)
        for number in (1, 2, 3, 4):
            x = KerasDense(UNITS, activation="relu", name=f"hidden{number}")(x)
        return KerasDense(10, name="logits")(x)


def build(seed: int) -> MLP:
    """The network with initial weights drawn from `seed`."""
    return MLP(seed)
