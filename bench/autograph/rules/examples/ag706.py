"""AG706: next() on a Python iterator takes one value, while tracing."""

import tensorflow as tf


def fails():
    numbers = iter([1.0, 2.0, 3.0])

    @tf.function
    def step(x):
        return x + next(numbers)

    return [step(tf.constant(0.0)) for _ in range(3)]


def passes():
    numbers = iter(tf.data.Dataset.from_tensor_slices([1.0, 2.0, 3.0]))

    @tf.function
    def step(x, number):
        return x + number

    return [step(tf.constant(0.0), next(numbers)) for _ in range(3)]
