"""The tutorial's CNN: three blocks of convolution and pooling (32, 64, 128 filters), a dense layer of 256, logits."""

from typing import Any

import numpy as np
import tensorflow as tf

from cifar_core.models.layers import Conv, Dense, MaxPool, TrainingMode


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

    def __call__(self, images: Any, training: TrainingMode | None = None) -> Any:
        x = self.pool(self.conv1(images))
        x = self.pool(self.conv2(x))
        x = self.pool(self.conv3(x))
        x = tf.nn.relu(self.hidden(tf.reshape(x, [-1, 4 * 4 * 128])))
        return self.logits(training.drop(x) if training else x)

    @staticmethod
    def keras_logits(images: Any) -> Any:
        """The same architecture in Keras' layers; `<name>/kernel` there is `<name>_kernel` here."""
        from keras.layers import Conv2D, Dense, Flatten, MaxPooling2D

        x = images
        for name, filters in (("conv1", 32), ("conv2", 64), ("conv3", 128)):
            x = MaxPooling2D(2)(Conv2D(filters, 3, padding="same", activation="relu", name=name)(x))
        return Dense(10, name="logits")(Dense(256, activation="relu", name="hidden")(Flatten()(x)))


def build(seed: int) -> TutorialCNN:
    """The network with initial weights drawn from `seed`."""
    return TutorialCNN(seed)
