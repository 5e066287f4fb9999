"""Family 5: Python syntax around tensors."""

from pathlib import Path

import pytest
from snippets import expected, reported

ITERATED = [
    """
    @tf.function
    def step(x: tf.Tensor):
        rows = [row for row in x]  #! AG505
        height, width = tf.shape(x)  #! AG505
        both = tf.stack([*x])  #! AG505
        return rows, height, width, both, list(x)  #! AG505
    """,
    """
    import tensorflow.compat.v2 as T

    @T.function
    def step(x: T.Tensor):
        total = sum(y for y in T.abs(x))  #! AG505
        height, width = x.shape
        first, second = T.split(x, 2)
        rows = [layer * x for layer in (1, 2)]
        for row in x:
            total += row
        values, indices = T.math.top_k(x, 2)
        return [y for y in T.unstack(x)], total, list(x.shape), height, width
    """,
]
ASSERTED = [
    """
    @tf.function
    def step(x: tf.Tensor, n: int):
        assert tf.reduce_all(x > 0)  #! AG507
        assert n > 3
        assert x.shape.rank == 2, x
        return x
    """,
    """
    def helper(y):
        assert y > 0, "positive"  #! AG507
        return y

    step = tf.function(lambda x: helper(tf.abs(x)))
    """,
]
CAUGHT = [
    """
    @tf.function
    def step(x):
        try:
            return tf.debugging.check_numerics(x, "")
        except tf.errors.InvalidArgumentError:  #! AG508
            return x

    def outside(x):
        try:
            return step(x)
        except tf.errors.InvalidArgumentError:
            return x
    """,
    """
    from tensorflow import errors

    @tf.function
    def step(x):
        try:
            x = x + 1
        except (ValueError, errors.OpError):  #! AG508
            pass
        try:
            x = x + 1
        except ValueError:
            pass
        return x
    """,
]
RECURSION = [
    """
    @tf.function
    def factorial(n: tf.Tensor):
        if n <= 1:
            return tf.constant(1)
        return n * factorial(n - 1)  #! AG509
    """,
    """
    def down(n):
        if n > 0:
            n = down(n - 1)  #! AG509
        return n

    def flatten(x):
        if isinstance(x, list):
            return [flatten(y) for y in x]
        return x

    @tf.function
    def step(x):
        flatten([x])
        return down(tf.abs(x))
    """,
]
INDICES = [
    """
    @tf.function
    def step(x: tf.Tensor):
        if tf.shape(x)[0] > 2:
            return x[2]  #! AG510
        return x[0]
    """,
    """
    @tf.function
    def step(x: tf.Tensor, y: tf.Tensor):
        if x.shape[0] > 2:
            return x[2]
        if tf.size(y) > 3:
            return x[1] + y[3]  #! AG510
        return x[0]
    """,
]


@pytest.mark.parametrize("source", [*ITERATED, *ASSERTED, *CAUGHT, *RECURSION, *INDICES])
def test_marked_lines_are_found_and_no_others(tmp_path: Path, source: str) -> None:
    assert reported(tmp_path, source) == expected(source)
