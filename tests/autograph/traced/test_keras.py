"""Methods that Keras calls: what it gives them, and which Keras lets AutoGraph convert them."""

from pathlib import Path

import pytest
from snippets import expected, reported

LISTS = """
    class Merge(keras.layers.Layer):
        def call(self, inputs, others: tf.Tensor):
            last = None
            for row in inputs:
                last = row
            for number, row in enumerate(inputs):
                last = row
            for row in others:  #! AG602
                last = row
            for row in tf.abs(inputs):  #! AG602
                last = row
            return last
"""
KERAS_2 = """
    import tf_keras
    from tf_keras.layers import Layer as Layer2

    class Old(tf_keras.layers.Layer):
        def call(self, x: tf.Tensor):
            if len(tf.shape(x)) == 3:
                return x
            return self.inner(x)

        def train_step(self, x: tf.Tensor):
            if x > 0:  #! AG602
                return x
            return -x

    class Inner(Old): ...

    class Other(Layer2):
        def call(self, x: tf.Tensor):
            if x > 0:
                return x
            return Inner()(x)

    class New(keras.layers.Layer):
        def call(self, x: tf.Tensor):
            if len(tf.shape(x)) == 3:  #! AG602
                return x
            return -x
"""
LAYERS = """
    class Net(keras.layers.Layer):
        def call(self, x: tf.Tensor):
            x = keras.layers.Resizing(3, 3)(x)
            x = keras.layers.AdaptiveAveragePooling2D(2)(x)
            x = keras.layers.UnitNormalization()(x)
            x = keras.layers.Dropout(0.5)(x)  #! AG202
            x = keras.layers.RandomFlip()(x)  #! AG202
            return keras.layers.LayerNormalization()(x)  #! AG202
"""


@pytest.mark.parametrize("source", [LISTS, KERAS_2, LAYERS])
def test_marked_lines_are_found_and_no_others(tmp_path: Path, source: str) -> None:
    assert reported(tmp_path, source) == expected(source)
