"""Family 6: what AutoGraph leaves as it is."""

from pathlib import Path

import pytest
from snippets import expected, reported

SYNTAX = [
    """
    @tf.function
    def step(x, mode: str = "a"):
        match mode:  #! AG601
            case "a":
                x = -x
        if tf.reduce_sum(x) > 0:
            x = x + 1
        return x
    """,
    """
    class Net:
        def __init__(self):
            self.__x = 1.0

        @tf.function
        def step(self, x: tf.Tensor):
            if x > 0:
                x = x * self.__x  #! AG601
            return x

    @tf.function
    def other(x: tf.Tensor):
        if (y := tf.reduce_sum(x)) > 0:  #! AG601
            x = y
        return x

    @tf.function(autograph=False)
    def unconverted(x, n: int):
        while n > 3:
            n -= 1
        else:
            x = x + 1
        return x

    @tf.function
    def fine(x: tf.Tensor):
        for y in x:
            if y > 3:
                break
        return x.__class__
    """,
]
KERAS = [
    """
    class Flip(keras.layers.Layer):
        def call(self, inputs, training=False):
            if training:
                inputs = inputs + 1
            if tf.reduce_sum(inputs) > 0:  #! AG602
                return -inputs
            return inputs
    """,
    """
    from tensorflow.keras import Model

    class Base(Model):
        pass

    class Net(Base):
        def train_step(self, data):
            x = tf.abs(data)
            for row in x:  #! AG602
                x = x + row
            return {"loss": x}

        @tf.function
        def call(self, inputs: tf.Tensor):
            if inputs > 0:
                return -inputs
            return inputs

    class Plain(tf.Module):
        def call(self, inputs: tf.Tensor):
            if inputs > 0:
                return -inputs
            return inputs
    """,
]
KERAS_FLAGS = [
    """
    class Attend(keras.layers.Layer):
        def call(self, inputs, mask=None, double=None):
            keys = inputs[2] if len(inputs) > 2 else inputs[1]
            if inputs:  #! AG602
                keys = -keys
            return keys + (1 if mask else 0) + (2 if double else 0)
    """,
]
SOURCE = [
    """
    f, g = tf.function(lambda x: x if x > 0 else -x), tf.function(lambda x: -x if x > 0 else x)  #! AG603
    h = tf.function(lambda x: x if x > 0 else -x)
    k, other = tf.function(lambda x: x if x > 0 else -x), lambda x, y: x
    """,
    """
    pair = [tf.function(func=lambda a: a + 1), lambda a: a]  #! AG603
    """,
]
GENERATORS = [
    """
    @tf.function
    def step(x):
        yield x  #! AG604

    @tf.function
    def total(rows=None):
        data = tf.data.Dataset.range(3)
        return sum(row for row in data)  #! AG604
    """,
    """
    def rows(data):
        for row in data:
            yield row  #! AG604

    def layers():
        yield 1
        yield 2

    @tf.function
    def step(x):
        for row in rows(tf.data.Dataset.range(3)):
            x = x + row
        for layer in layers():
            x = x + layer
        for row in tf.data.Dataset.range(3):
            x = x + row
        return x
    """,
]


@pytest.mark.parametrize("source", [*SYNTAX, *KERAS, *KERAS_FLAGS, *SOURCE, *GENERATORS])
def test_marked_lines_are_found_and_no_others(tmp_path: Path, source: str) -> None:
    assert reported(tmp_path, source) == expected(source)
