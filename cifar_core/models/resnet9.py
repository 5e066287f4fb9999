"""ResNet-9, of the family that holds CIFAR-10's speed records (Page 2018, "How to train your ResNet")."""

from typing import Any

import numpy as np
import tensorflow as tf

from cifar_core.models.layers import ConvNorm, Dense, MaxPool, TrainingMode
from cifar_core.resnet9_blocks import BLOCKS, SCALE


class ResNet9(tf.Module):
    """images float32 [n, 32, 32, 3] -> logits float32 [n, 10]; 32 px -> 16 -> 8 -> 4, two residual pairs."""

    def __init__(self, seed: int) -> None:
        super().__init__(name="resnet9")
        rng = np.random.default_rng(seed)
        self.blocks = {name: ConvNorm(rng, inputs, filters, name) for name, inputs, filters, _ in BLOCKS}
        self.pool = MaxPool()
        self.logits = Dense(rng, 512, 10, "logits")

    @property
    def first_kernel(self) -> Any:
        """Of the convolution that sees the images."""
        return self.blocks[BLOCKS[0][0]].kernel

    def __call__(self, images: Any, training: TrainingMode | None = None) -> Any:
        x = entry = images
        for name, _, _, pooled in BLOCKS:
            entry = x if name.endswith("a") else entry
            x = self.blocks[name](x, training)
            x = self.pool(x) if pooled else x
            x = x + entry if name.endswith("b") else x
        x = tf.reduce_max(x, [1, 2])
        return SCALE * self.logits(training.drop(x) if training else x)

    @staticmethod
    def keras_logits(images: Any) -> Any:
        """The same architecture in Keras' layers."""
        from keras.layers import BatchNormalization, Conv2D, GlobalMaxPooling2D, MaxPooling2D, ReLU
        from keras.layers import Dense as KerasDense

        x = entry = images
        for name, _, filters, pooled in BLOCKS:
            entry = x if name.endswith("a") else entry
            x = Conv2D(filters, 3, padding="same", use_bias=False, name=name)(x)
            x = BatchNormalization(momentum=ConvNorm.MOMENTUM, epsilon=ConvNorm.EPSILON, name=f"{name}_norm")(x)
            x = MaxPooling2D(2)(ReLU()(x)) if pooled else ReLU()(x)
            x = x + entry if name.endswith("b") else x
        return SCALE * KerasDense(10, name="logits")(GlobalMaxPooling2D()(x))


def build(seed: int) -> ResNet9:
    """The network with initial weights drawn from `seed`."""
    return ResNet9(seed)
