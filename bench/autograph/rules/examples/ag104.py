"""AG104: a text is made while tracing, when a tensor has a name and no value."""

import tensorflow as tf


def fails():
    texts = []

    @tf.function
    def step(x):
        texts.append(f"{tf.reduce_sum(x)}")  # noqa: AG301 (it shows the text)
        return x

    step(tf.constant([1.0, 2.0]))
    return texts[0].startswith("Tensor(")


def passes():
    @tf.function
    def step(x):
        return tf.reduce_sum(x)

    text = f"{step(tf.constant([1.0, 2.0]))}"
    return text.startswith("Tensor(")
