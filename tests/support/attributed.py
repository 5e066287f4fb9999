"""What the probe must attribute correctly: to XLA, to Keras' own traces, to nothing. Each `drive` is a driver."""

import io
import json
import os
import sys
import warnings

import keras
import numpy as np
import tensorflow as tf

LAYERS = 60


@tf.function(jit_compile=True)
def narrow(a):
    product = a * a
    return tf.where(product < 0, tf.abs(product), product)


@tf.function(jit_compile=True)
def spread(x):
    return tf.nn.moments(x, [1])[1]


@tf.function(jit_compile=True)
def best(x):
    return tf.math.top_k(x, 2).values


@tf.function
def drawn(x):
    return x + tf.random.stateless_uniform([2], seed=[1, 2])


class Net(tf.Module):
    def __init__(self):
        self.weight = tf.Variable(2.0)

    def step(self, x):
        return self.weight * x

    @tf.function
    def traced(self, x):
        return self.weight * x


@tf.function
def epoch(step, x):
    return step(x)


@tf.function
def deep(x):
    for _ in range(LAYERS):
        x = x * 1.01
    return x


class Sealed:
    """Nothing of it can be read."""

    def __len__(self):
        raise RuntimeError("no length")

    def __repr__(self):
        raise RuntimeError("no text")

    def __getattribute__(self, name):
        if name == "__dict__":
            raise RuntimeError("no attributes")
        return object.__getattribute__(self, name)


def model():
    made = keras.Sequential([keras.layers.Input([None, 2]), keras.layers.Conv1D(1, 1)])
    made.compile("sgd", "mse")
    return made


def drive_alone():
    """XLA alone gives other numbers, each time for another reason."""
    nan = float("nan")
    numbers = tf.constant([12, 7, 20, 15, 11], tf.int8)
    return narrow(numbers), spread(tf.fill([1, 3], 7.5e10)), best(tf.constant([nan, 2.0, nan, 7.0])), drawn(tf.zeros(2))


def drive_sound():
    """All of it is the same in every mode; some of it is traced needlessly."""
    net, used = Net(), model()
    steps = [epoch(net.step, tf.constant(1.0)) for _ in range(5)]
    kept = [epoch(net.traced, tf.constant(1.0)) for _ in range(3)]
    history = used.fit(np.ones([4, 3, 2], np.float32), np.ones([4, 3, 1], np.float32), epochs=2, validation_split=0.5)
    sizes = [used.predict(np.ones([1, size, 2], np.float32)).shape for size in (3, 4, 5, 6)]
    many = [model().predict(np.ones([1, 3, 2], np.float32), verbose=0).shape for _ in range(3)]
    data = tf.data.Dataset.range(4).map(lambda x: x * 2).batch(2)
    print(json.dumps({"loss": 1.0, "nan": float("nan")}), flush=True)  # noqa: T201 - a driver may print
    os.write(1, b'{"bytes": 1}\n')
    warnings.warn("the driver's own", stacklevel=1)
    sealed = Sealed()
    objects = history, used, used.optimizer, used.layers, keras.losses.MeanSquaredError(), sealed, {sealed: 1}
    return steps, kept, sizes, many, list(data), deep(tf.constant(1.0)), objects


def drive_closed():
    sys.stdout.write("before\n")
    sys.stdout.close()
    return tf.constant(1.0)


def drive_replaced():
    sys.stdout = io.StringIO()
    os.close(2)
    return tf.constant(1.0)


def drive_loop():
    turns = 0
    while True:
        turns += 1


def spin():
    while os.sep:
        pass


def drive_loop_in_a_function():
    spin()
