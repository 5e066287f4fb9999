"""The tutorial's CNN: three blocks of convolution and pooling (32, 64, 128 filters), a dense layer of 256, logits."""

from collections.abc import Callable
from typing import Any

import numpy as np
import tensorflow as tf

from cifar_core.models.layers import Conv, Dense, MaxPool


class TutorialCNN(tf.Module):
    """images float32 [n, 32, 32, 3] -> logits float32 [n, 10]."""

    def __init__(self, seed: int) -> None:
        super().__init__(name="tutorial_cnn")
        rng = np.random.default_rng(seed)
        self.conv1 = Conv(rng, 3, 32, "conv1")
        self.conv2 = Conv(rng, 32, 64, "conv2")
        self.conv3 = Conv(rng, 64, 128, "conv3")
        self.pool = MaxPool()
        self.hidden = Dense(rng, 4 * 4 * 128, 256, "hidden")
        self.logits = Dense(rng, 256, 10, "logits")

    def __call__(self, images: Any, drop: Callable[[Any], Any] = lambda x: x) -> Any:
        """`drop` is applied to what goes into the last layer: dropout, while training."""
        x = self.pool(self.conv1(images))
        x = self.pool(self.conv2(x))
        x = self.pool(self.conv3(x))
        x = tf.nn.relu(self.hidden(tf.reshape(x, [-1, 4 * 4 * 128])))
        return self.logits(drop(x))

    def keras_layers(self) -> list[Any]:
        """The same architecture in Keras' layers; `<name>/kernel` there is `<name>_kernel` here."""
        from keras.layers import Conv2D, Dense, Flatten, MaxPooling2D

        blocks = [(f"conv{number}", filters) for number, filters in ((1, 32), (2, 64), (3, 128))]
        convolutions = [Conv2D(filters, 3, padding="same", activation="relu", name=name) for name, filters in blocks]
        layers = [layer for convolution in convolutions for layer in (convolution, MaxPooling2D(2))]
        return [*layers, Flatten(), Dense(256, activation="relu", name="hidden"), Dense(10, name="logits")]


def build(seed: int) -> TutorialCNN:
    """The network with initial weights drawn from `seed`."""
    return TutorialCNN(seed)
