"""What a test says about names, seen by the findings where it holds and where it does not."""

from pathlib import Path

import pytest
from snippets import expected, reported

SHORT_CIRCUITS = """
    @tf.function(autograph=False)
    def step(x, n):
        n = n or tf.size(x)
        if not tf.is_tensor(n) and n == 1:
            x = x + 1
        if tf.is_tensor(n) and n == 1:  #! AG501
            x = x + 2
        if tf.is_tensor(n) or n == 1:
            x = x + 3
        if isinstance(n, int) and n > 3:
            x = x + 4
        y = x if isinstance(n, (int, float)) and n > 3 else -x
        z = x if n > 3 else -x  #! AG501
        return y + z
"""
EITHER_TYPE = """
    @tf.function
    def step(boxes: tf.Tensor, shape):
        size = tf.convert_to_tensor(shape)
        top, left = size  #! AG505
        if isinstance(size, list) or isinstance(size, tuple):
            height, width = size
        else:
            height, width = tf.split(size, 2)
        return boxes * (height + width + top + left)
"""
NOT_NONE = """
    @tf.function(autograph=False)
    def step(x: tf.Tensor, scale=None):
        if scale is not None:
            x = x * scale
        else:
            x = x if scale else -x
        return x
"""
LISTS_BY_DEFAULT = """
    @tf.function(autograph=False)
    def step(x: tf.Tensor, parts, named, rest):
        if parts is None:
            parts = []
        if named is None:
            named = {}
        rest = rest if rest is not None else ()
        if parts and named and rest:
            x = x + 1
        if x:  #! AG501
            x = x + 2
        return x
"""
PARTS = """
    def split(inputs):
        about = {"is_dict": True}
        if not isinstance(inputs, dict):
            about["is_dict"] = False
            inputs = {"images": inputs}
        return inputs, about

    class Augment(keras.layers.Layer):
        def call(self, inputs: tf.Tensor):
            inputs, about = split(inputs)
            if about["is_dict"]:
                return inputs
            pair = (tf.abs(inputs["images"]), 3)
            if pair[1] > 2:
                return pair[0]
            if pair[0] > 2:  #! AG602
                return inputs
            first, *more = pair
            return first
"""


@pytest.mark.parametrize("source", [SHORT_CIRCUITS, EITHER_TYPE, NOT_NONE, LISTS_BY_DEFAULT, PARTS])
def test_marked_lines_are_found_and_no_others(tmp_path: Path, source: str) -> None:
    assert reported(tmp_path, source) == expected(source)
