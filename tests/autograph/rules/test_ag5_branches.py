"""Family 5: what a tensor decides."""

from pathlib import Path

import pytest
from snippets import expected, reported

UNCONVERTED = [
    """
    @tf.function(autograph=False)
    def step(x: tf.Tensor, training=False):
        if tf.reduce_sum(x) > 0:  #! AG501
            x = -x
        y = x if x[0] > 0 else -x  #! AG501
        if training and x.shape[0] > 3:
            x = x + 1
        return x + y
    """,
    """
    from tensorflow.autograph.experimental import do_not_convert

    @do_not_convert
    def helper(x):
        while x < 3:  #! AG501
            x = x + 1
        return x

    @tf.function
    def step(x):
        y = tf.abs(x)
        if tf.reduce_sum(y) > 0:
            y = helper(y)
        return y
    """,
]
UNDEFINED = [
    """
    @tf.function
    def step(x):
        if tf.reduce_sum(x) > 0:
            scale = 2.0  #! AG502
        best = None
        if tf.reduce_sum(x) > 1:
            best = x  #! AG502
        return x * scale, best
    """,
    """
    @tf.function
    def step(x, flag=True):
        y = x
        if tf.reduce_sum(x) > 0:
            y = -x
            unused = 3
        if flag:
            z = x
        else:
            z = -x
        if tf.reduce_sum(x) > 0:
            w = 1.0
        else:
            w = 2.0
        if tf.reduce_sum(x) > 3:
            v = 1.0
        else:
            return x
        return y + z + w + v
    """,
    """
    step = tf.function(lambda x: x)

    def other(x: tf.Tensor):
        if x > 0:
            pass
        else:
            y = x  #! AG502
        return y

    compiled = tf.function(func=other)
    """,
]
TYPES = [
    """
    @tf.function
    def step(x: tf.Tensor):
        if x > 0:
            n = 1
        else:
            n = 0.5  #! AG503
        rows = tf.zeros([0])
        for i in tf.range(3):
            rows = tf.concat([rows, [1.0]], 0)  #! AG503
        return n, rows
    """,
    """
    from tensorflow import concat

    @tf.function
    def step(x: tf.Tensor):
        more = rows = tf.zeros([0])
        for y in x:
            rows = concat([rows, [y]], axis=0)  #! AG503
        for i in tf.range(3):
            tf.autograph.experimental.set_loop_options(shape_invariants=[(more, tf.TensorShape([None]))])
            more = tf.concat([more, [1.0]], 0)
        for i in range(3):
            rows = tf.concat([rows, rows], 0)
        if x > 0:
            n = 1.0
        else:
            n = 0.5
        return n, rows, more
    """,
]
RAISES = [
    """
    @tf.function
    def step(x: tf.Tensor):
        if tf.reduce_min(x) < 0:
            raise ValueError("negative")  #! AG504
        if x.shape.rank != 2:
            raise ValueError("no matrix")
        return x
    """,
    """
    def step(x):
        if isinstance(x, int):
            raise TypeError
        if not tf.is_tensor(x):
            raise TypeError
        while tf.reduce_sum(x) > 0:
            raise TypeError  #! AG504
        return x

    f = tf.function(step)
    """,
]
LEAVING = [
    """
    @tf.function
    def step(x: tf.Tensor):
        for scale in (1.0, 2.0):
            if tf.reduce_max(x) < scale:
                break  #! AG506
        for y in x:
            if y > 0:
                return y  #! AG506
        return x
    """,
    """
    @tf.function
    def half(x: tf.Tensor):
        if x > 0:
            return x  #! AG506

    @tf.function
    def whole(x: tf.Tensor):
        for scale in (1.0, 2.0):
            if scale > 1.5:
                break
            if x > 0:
                continue
        for y in x:
            if y > 3:
                break
        if x > 0:
            return x
        return -x
    """,
]


@pytest.mark.parametrize("source", [*UNCONVERTED, *UNDEFINED, *TYPES, *RAISES, *LEAVING])
def test_marked_lines_are_found_and_no_others(tmp_path: Path, source: str) -> None:
    assert reported(tmp_path, source) == expected(source)
