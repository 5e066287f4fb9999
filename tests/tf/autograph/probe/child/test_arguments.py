"""What changed of a call's arguments between two traces."""

import numpy as np
import pytest
import tensorflow as tf

from bench.autograph.probe.child.arguments import changes, described
from bench.autograph.probe.records import ArgumentChange


def step(x, factor=1.0):
    return x * factor


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        ((tf.ones([2]),), (tf.ones([3]),), ArgumentChange("x", "shape", "(2,)", "(3,)")),
        ((tf.ones([2]),), (np.ones([2]),), ArgumentChange("x", "dtype", "float32", "float64")),
        ((1, 2.0), (1, 3.0), ArgumentChange("factor", "value", "Python float 2.0", "Python float 3.0")),
        ((1, step), (1, lambda: 0), ArgumentChange("factor", "object", "step", "another <lambda>")),
        ((1,), (1, 2.0), ArgumentChange("factor", "structure", "nothing", "Python float 2.0")),
        ((1, [2]), (1, []), ArgumentChange("factor[0]", "structure", "Python int 2", "nothing")),
    ],
)
def test_the_change_that_causes_a_retrace_is_named(before: tuple, now: tuple, change: ArgumentChange) -> None:
    assert changes([described(step, before, {})], described(step, now, {})) == (change,)


def test_the_most_similar_earlier_trace_is_compared() -> None:
    earlier = [described(step, (tf.ones([2]), factor), {}) for factor in (1.0, 2.0)]
    (change,) = changes(earlier, described(step, (tf.ones([3]), 1.0), {}))
    assert change.what == "shape"
