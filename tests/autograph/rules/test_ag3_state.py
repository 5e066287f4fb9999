"""Family 3: what a compiled function may not change, and what is its own to change."""

from pathlib import Path

import pytest
from snippets import expected, reported

OBJECTS = [
    """
    @tf.function
    def step(x, *parts, **options):
        options["training"] = True
        options.update(mask=None)
        return x
    """,
    """
    losses, seen = [], set()
    table = {}

    @tf.function
    def step(x):
        losses.append(x)  #! AG301
        mine = losses
        mine += [x]  #! AG301
        table["x"] = x  #! AG301
        seen.add(3)  #! AG301
        del table["x"]  #! AG301
        return x
    """,
    """
    import heapq
    heap = []

    def push(where, x):
        heapq.heappush(where, x)  #! AG301

    def step(x):
        push(heap, x)
        push([], x)
        return x

    compiled = tf.function(step, jit_compile=True)
    """,
    """
    class Net:
        def __init__(self):
            self.history = []
            self.history.append(0)

        @tf.function
        def step(self, x):
            self.history.append(x)  #! AG301
            own = list(self.history)
            own.append(x)
            return own
    """,
    """
    def make():
        rows = []

        @tf.function
        def step(x):
            rows.append(x)  #! AG301
            return x

        rows.append(1)
        return step
    """,
    """
    losses = []

    @tf.function
    def step(x):
        rows = []
        rows.append(x)
        rows += [x]
        copy = losses[:]
        copy.append(x)
        other = losses.copy()
        other.extend(rows)
        table = dict(a=1)
        table["b"] = x
        losses = [x]
        losses.append(x)
        return rows

    def outside(x):
        rows.append(step(x))
    """,
]
NAMES = [
    """
    count = 0

    @tf.function
    def step(x):
        global count
        count += 1  #! AG302
        return x
    """,
    """
    def make():
        count = 0

        def step(x):
            nonlocal count
            count = count + 1  #! AG302
            return x

        return tf.function(step)
    """,
    """
    count = 0

    @tf.function
    def step(x):
        count = 1
        return x + count
    """,
]
ATTRIBUTES = [
    """
    class Net:
        def __init__(self):
            self.n = 0
            self.v = None
            self.w = tf.Variable(1.0)

        @tf.function
        def step(self, x):
            self.n += 1  #! AG303
            self.last = x  #! AG303
            setattr(self, "other", x)  #! AG303
            self.w.assign(x)
            if self.v is None:
                self.v = tf.Variable(1.0)
            return x
    """,
    """
    class Pair:
        def __init__(self, x):
            self.x = x

    @tf.function
    def step(x):
        pair = Pair(x)
        pair.y = x
        return pair.x
    """,
]
ARGUMENTS = [
    """
    @tf.function
    def step(rows, x, seen=[]):
        rows.append(x)  #! AG304
        seen.append(x)  #! AG304
        return x
    """,
    """
    @tf.function
    def step(table: dict, x):
        table["x"] = x  #! AG304
        table = dict(table)
        table["y"] = x
        return table
    """,
]
CALLEES = [
    """
    class Net:
        def __init__(self):
            self.rows = []
            self.total = tf.Variable(0.0)

        def note(self, x):
            self.rows.append(x)  #! AG301

        def add(self, x):
            self.total.assign_add(x)

        @tf.function
        def step(self, xs: tf.Tensor):
            for x in xs:
                self.note(x)  #! AG307
                self.add(x)
            for x in [1, 2]:
                self.note(x)
    """,
    """
    rows = []

    def note(x):
        rows.append(x)  #! AG301

    def own(x):
        mine = []
        mine.append(x)

    @tf.function
    def step(n):
        while tf.reduce_sum(n) < 3:
            note(n)  #! AG307
            own(n)
            n = n + 1
        return n
    """,
]
CLOSURES = [
    """
    class Count:
        def __init__(self):
            self.n = 0

    @tf.function
    def step(x):
        out, total, count = [], 0.0, Count()

        def add(v):
            nonlocal total
            out.append(v)
            total = total + v
            count.n = 1

        def twice(v):
            add(v)
            add(v)

        twice(x)
        for v in [x, x]:
            add(v)
        return out, total
    """,
    """
    rows, count = [], 0

    class Net:
        def __init__(self):
            self.rows = []

        @tf.function
        def step(self, x, given):
            mine = rows

            def add(v):
                global count
                mine.append(v)  #! AG301
                self.rows.append(v)  #! AG301
                given.append(v)  #! AG301
                count = 1  #! AG302
                self.last = v  #! AG303

            add(x)
            return x
    """,
    """
    @tf.function
    def step(n):
        out, total = [], 0

        def add(v):
            nonlocal total
            out.append(v)  #! AG301
            total = total + v  #! AG302

        def around(v):
            add(v)

        for i in tf.range(n):
            around(i)
        return n
    """,
    """
    @tf.function
    def step(x):
        out = []

        def add(i):
            out.append(i)  #! AG301
            return i + 1

        return tf.while_loop(lambda i: i < 3, add, [x])
    """,
    """
    @tf.function
    def step(x):
        out = []

        @tf.function
        def add(v):
            out.append(v)  #! AG301
            return v

        return add(x)
    """,
    """
    @tf.function
    def step(n):
        out = []

        def add(v):
            out.append(v)  #! AG301

        for i in tf.range(n):
            add(i)  #! AG307
        return n
    """,
]
GUARDS = [
    """
    losses = []

    @tf.function
    def step(x, y=None):
        if y is not None:
            losses.append(y)  #! AG301
        return x

    @tf.function
    def forward(x, training=False):
        if not training:
            return x
        losses.append(x)  #! AG301
        return x
    """,
    """
    class Net:
        def __init__(self):
            self.rows, self.first, self.seen = [], None, {}

        @tf.function
        def step(self, x, mode="a", shape=None):
            if mode in ("a", "b") or shape is None:
                self.rows.append(x)  #! AG301
            if self.first is None:
                self.first = 3
            if mode not in self.seen:
                self.seen[mode] = 3
            return x
    """,
]


@pytest.mark.parametrize("source", [*OBJECTS, *NAMES, *ATTRIBUTES, *ARGUMENTS, *CALLEES, *CLOSURES, *GUARDS])
def test_marked_lines_are_found_and_no_others(tmp_path: Path, source: str) -> None:
    assert reported(tmp_path, source) == expected(source)
