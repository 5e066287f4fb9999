"""Rule AG310: lambdas that outlive an iteration of a Python loop. What each spelling does was observed."""

from pathlib import Path

import pytest
from snippets import expected, reported

DIFFERENT = [
    """
    @tf.function
    def step(x):
        actions, table, pairs, whole = [], {}, [], []
        for k in (1.0, 2.0):
            actions.append(lambda v: v * k)  #! AG310
            table[k] = lambda v: v * k  #! AG310
            pairs.append((k, lambda v: v * k))  #! AG310
            whole += [lambda v: v * k]  #! AG310
        return [f(x) for f in (*actions, *table.values(), *whole)], pairs
    """,
    """
    @tf.function
    def step(x):
        actions = []
        for k in (1.0, 2.0):
            scale = k * 10.0
            actions.append(lambda v: v * scale)  #! AG310
        return [f(x) for f in actions]

    @tf.function
    def late(x):
        actions, i = [], 0
        while i < 3:
            j = float(i)
            actions.append(lambda v: v * j)  #! AG310
            i += 1
        return [f(x) for f in actions]
    """,
    """
    @tf.function
    def step(x):
        actions, k = [], 0.0
        for i, k in enumerate((1.0, 2.0)):
            if k > 1.0:
                scaled = lambda v: v * k  #! AG310
                actions.append((i, functools.partial(scaled)))
        k = 100.0
        return [f(x) for _, f in actions]
    """,
    """
    @tf.function
    def step(x):
        parts = []
        for a in (1.0, 2.0):
            for k in (1.0, 2.0):
                parts.append(lambda v: v * k * a)  #! AG310
        rows = []
        for k in (1.0, 2.0):
            rows.append(v * k for v in (x,))  #! AG310
        return [f(x) for f in parts], [next(row) for row in rows]
    """,
]
SAME = [
    """
    @tf.function
    def carried(x):
        actions, s = [], 1.0
        for k in (1.0, 2.0):
            s = s * 2
            actions.append(lambda v: v * s)
        return [f(x) for f in actions]

    @tf.function
    def counted(x):
        actions, i = [], 0
        while i < 3:
            actions.append(lambda v: v * float(i))
            i += 1
        return [f(x) for f in actions]

    @tf.function
    def read_after(x):
        actions = []
        for k in (1.0, 2.0):
            actions.append(lambda v: v * k)
        return [f(x) for f in actions], k * x
    """,
    """
    @tf.function
    def defined(x):
        actions = []
        for k in (1.0, 2.0):
            def scaled(v):
                return v * k
            actions.append(scaled)
        return [f(x) for f in actions]

    @tf.function
    def bound(x):
        actions = []
        for k in (1.0, 2.0):
            actions.append(lambda v, k=k: v * k)
            actions.append((lambda v: v * k)(x))
            actions.append(tf.map_fn(lambda v: v * k, x))
        return actions

    @tf.function
    def comprehended(x):
        actions = [lambda v: v * k for k in (1.0, 2.0)]
        return [f(x) for f in actions]

    @tf.function
    def last(x):
        for k in (1.0, 2.0):
            f = lambda v: v * k
        return f(x)

    @tf.function(autograph=False)
    def plain(x):
        actions = []
        for k in (1.0, 2.0):
            actions.append(lambda v: v * k)
        return [f(x) for f in actions]

    def eager(x):
        actions = []
        for k in (1.0, 2.0):
            actions.append(lambda v: v * k)
        return [f(x) for f in actions]
    """,
]


@pytest.mark.parametrize("source", [*DIFFERENT, *SAME])
def test_lambdas_whose_names_a_graph_keeps_apart_are_found_and_no_others(tmp_path: Path, source: str) -> None:
    assert reported(tmp_path, source) == expected(source)
