"""Small models that Keras' own step trains, in the habits of Keras' guides."""

import keras
import numpy as np
import tensorflow as tf
from guide_steps import pairs
from keras import layers, ops


def float16():
    before = keras.mixed_precision.dtype_policy()
    keras.mixed_precision.set_global_policy("mixed_float16")
    x = inputs = keras.Input((32, 32, 3))
    x = layers.Flatten()(x)
    x = layers.Dense(16, "relu")(x)
    outputs = layers.Dense(10, dtype="float32")(x)
    model = keras.Model(inputs, outputs)
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    keras.mixed_precision.set_global_policy(before)
    return model


def bfloat16():
    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(4, 3, dtype="mixed_bfloat16"),
            layers.ReLU(dtype="mixed_bfloat16"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10, dtype="float32"),
        ]
    )
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def lengths():
    words = keras.Input((None,), dtype="int32")
    x = layers.Embedding(50, 8, mask_zero=True)(words)
    x = layers.Bidirectional(layers.LSTM(4))(x)
    model = keras.Model(words, layers.Dense(1, activation="sigmoid")(x))
    model.compile("rmsprop", "binary_crossentropy", metrics=["accuracy"])

    def batch(size, seed):
        rng = np.random.default_rng(seed)
        return [(rng.integers(1, 50, (size, n)).astype("int32"), rng.integers(0, 2, (size, 1))) for n in (5, 7, 6)]

    return {"model": model, "batch": batch}


def augmented():
    x = inputs = keras.Input((32, 32, 3))
    x = layers.RandomFlip("horizontal")(x)
    x = layers.Rescaling(0.5)(x)
    x = layers.Conv2D(4, 3, activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, layers.Dense(10)(x))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


class Lazy(layers.Layer):
    def __init__(self, units=8):
        super().__init__()
        self.units = units

    def build(self, shape):
        self.w = self.add_weight(shape=(shape[-1], self.units), initializer="random_normal", trainable=True)
        self.b = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True)
        self.total = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, x):
        self.total.assign(self.total + ops.sum(x))
        return ops.matmul(x, self.w) + self.b


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.block = [Lazy(8), Lazy(4)]
        self.out = layers.Dense(1)

    def call(self, x):
        for layer in self.block:
            x = tf.nn.relu(layer(x))
        return self.out(x)


def subclassed():
    model = Subclassed()
    model.compile(keras.optimizers.SGD(1e-2, momentum=0.9, nesterov=True), keras.losses.Huber())
    return {"model": model, "batch": pairs}


def named():
    a, b = keras.Input((4,), name="title"), keras.Input((3,), name="tags")
    x = layers.concatenate([layers.Dense(8, "relu")(a), b])
    model = keras.Model(
        {"title": a, "tags": b},
        {"priority": layers.Dense(1, name="priority")(x), "department": layers.Dense(3, name="department")(x)},
    )
    model.compile(
        "adam",
        {
            "priority": keras.losses.BinaryCrossentropy(from_logits=True),
            "department": keras.losses.CategoricalCrossentropy(from_logits=True),
        },
        loss_weights={"priority": 1.0, "department": 0.2},
    )

    def batch(size, seed):
        rng = np.random.default_rng(seed)
        return [
            (
                {"title": rng.normal(size=(size, 4)), "tags": rng.normal(size=(size, 3))},
                {"priority": rng.random((size, 1)), "department": np.eye(3)[rng.integers(0, 3, size)]},
            )
            for _ in range(4)
        ]

    return {"model": model, "batch": batch}


def with_lambda():
    x = inputs = keras.Input((32, 32, 3))
    x = layers.Lambda(lambda t: tf.image.rgb_to_grayscale(t))(x)
    x = layers.Lambda(lambda t: tf.reduce_mean(t, axis=-1))(x)
    x = layers.Flatten()(x)
    x = layers.Lambda(lambda t: tf.math.l2_normalize(t, axis=1))(x)
    model = keras.Model(inputs, layers.Dense(10)(x))
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model
