"""Family 3: lists, arrays and lambdas in loops, and caches."""

from pathlib import Path

import pytest
from snippets import expected, findings, reported

LISTS = [
    """
    @tf.function
    def step(n):
        rows = []
        for i in tf.range(n):
            rows.append(i)  #! AG305
        return tf.stack(rows)
    """,
    """
    def step(xs: tf.Tensor):
        rows, total = [], tf.constant(0.0)
        while total < 10.0:
            total += 1.0
            rows += [total]  #! AG305
        for x in xs:
            own = []
            own.append(x)
        for x in [1, 2, 3]:
            rows.append(x)
        return rows

    fast = tf.function(step)
    """,
]
ARRAYS = [
    """
    @tf.function
    def step(n):
        rows = tf.TensorArray(tf.int32, size=3)
        for i in tf.range(n):
            rows.write(i, i)  #! AG306
        rows.unstack([1, 2])  #! AG306
        return rows.stack()
    """,
    """
    from tensorflow import TensorArray as Array

    @tf.function
    def step(n, file):
        rows = Array(tf.int32, size=3)
        rows = rows.write(0, n)
        file.write("x")
        return rows.write(1, n).stack()
    """,
]
LAMBDAS = [
    """
    @tf.function
    def step(n):
        i = tf.constant(0)
        late = lambda: i  #! AG308
        for i in tf.range(n):
            pass
        own = lambda i: i
        return late() + own(i)
    """,
    """
    @tf.function
    def step(x):
        latest = lambda y: y + x  #! AG308
        while tf.reduce_sum(x) < 3.0:
            x = x + 1.0
        for k in [1, 2]:
            x = latest(x)
        return x
    """,
]
CACHES = [
    """
    @functools.lru_cache(maxsize=None)
    def table(n):
        return tf.range(n)  #! AG309

    @functools.cache
    def sizes(n):
        return tuple(range(n))

    @tf.function
    def step(x):
        return table(3) + sizes(3)[0] + x
    """,
    """
    from functools import cache as kept

    @kept
    def ones():
        y = tf.ones([2])
        return y  #! AG309

    @functools.cache
    def never_traced():
        return tf.ones([2])

    step = tf.function(lambda x: x + ones())
    """,
]


@pytest.mark.parametrize("source", [*LISTS, *ARRAYS, *LAMBDAS, *CACHES])
def test_marked_lines_are_found_and_no_others(tmp_path: Path, source: str) -> None:
    assert reported(tmp_path, source) == expected(source)


def test_a_list_that_grows_over_what_may_be_a_tensor_is_an_info_at_its_line(tmp_path: Path) -> None:
    source = """
    @tf.function
    def doubled(values):
        out, kept = [], []
        for value in values:
            out.append(value * 2.0)  #! AG305
            inner = []
            inner.append(value)
        for value in [1.0, 2.0]:
            kept.append(value)
        return out, kept
    """
    (finding,) = findings(tmp_path, source)
    assert (finding.code, finding.severity) == ("AG305", "info")
    assert reported(tmp_path, source) == expected(source)
