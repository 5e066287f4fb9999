"""State that is changed once only, or put back, and what only looks like that."""

from pathlib import Path

import pytest
from snippets import expected, reported

ONCE = """
    class Cross(keras.layers.Layer):
        def __init__(self):
            super().__init__()
            self.made, self.kernels, self.cache = False, [], {}
            self.debug, self.started = False, tf.Variable(False)

        def prepare(self, shape):
            self.kernels.append(keras.layers.Dense(3))
            self.more()
            self.made = True

        def more(self):
            self.noise = np.random.rand(3)

        def call(self, x: tf.Tensor):
            if not self.made:
                self.prepare(x.shape)
            return self.kernels[0](x)

    class Lazy(tf.Module):
        def __init__(self):
            self.table, self.names, self.seen = None, {}, []

        def fill(self):
            self.seen.append(3)

        def add(self, name):
            if name in self.names:
                return
            self.first(name)

        def first(self, name):
            self.seen.append(name)

        @tf.function
        def step(self, x):
            if self.table is None and x is not None:
                self.fill()
            self.add("x")
            return x
"""
NOT_ONCE = """
    class Cross(tf.Module):
        def __init__(self):
            self.made, self.debug, self.seen = False, False, []
            self.started = tf.Variable(False)

        def note(self, x):
            self.seen.append(x)  #! AG301

        def twice(self, x):
            self.seen.append(x)  #! AG301

        def tensor(self, x):
            self.seen.append(x)  #! AG301

        @tf.function
        def step(self, x):
            if self.debug:
                self.note(x)
            if not self.made:
                self.twice(x)
            self.twice(x)
            if not self.started:
                self.tensor(x)
            return x
"""
PUT_BACK = """
    import contextlib
    inside = False
    depth = 0

    @contextlib.contextmanager
    def scope():
        global inside
        before = inside
        inside = True
        try:
            yield
        finally:
            inside = before

    class Net:
        mode = "a"

    net = Net()

    def careful(x):
        kept = net.mode
        net.mode = "b"
        try:
            return x + 1
        finally:
            net.mode = kept

    def careless(x):
        kept = net.mode
        net.mode = "b"  #! AG303
        try:
            return x + 1
        finally:
            net.mode = "c"  #! AG303

    @tf.function
    def step(x):
        global depth
        depth = 3  #! AG302
        with scope():
            return careful(careless(x))
"""
LAZY_GLOBAL = """
    MAP = None
    RATE = None

    def the_map():
        global MAP
        if MAP is None:
            MAP = tf.constant([1, 2])
        return MAP

    def set_rate(rate):
        global RATE
        if rate is None:
            RATE = rate
        else:
            RATE = rate + 1

    class Net(tf.Module):
        def __init__(self):
            self.weights, self.rate = None, 0.5

        def fill(self):
            if self.weights is None:
                self.weights = 3

        def slower(self):
            self.rate = 0.25

        @tf.function
        def step(self, x):
            return x * self.rate + self.weights  #! AG701

    @tf.function
    def step(x):
        return tf.gather(MAP, x) * RATE  #! AG701
"""
GIVEN_BY_DATA = """
    def grow(row):
        row["y"] = row["x"] + 1
        row.update(z=3)
        return row

    def helper(row):
        row["y"] = 1  #! AG304

    def through(row):
        helper(row)
        return row

    @tf.function
    def step(row: dict):
        row["y"] = 1  #! AG304
        return row

    data = tf.data.Dataset.from_tensors({"x": 1}).map(grow).map(through)
"""


@pytest.mark.parametrize("source", [ONCE, NOT_ONCE, PUT_BACK, LAZY_GLOBAL, GIVEN_BY_DATA])
def test_marked_lines_are_found_and_no_others(tmp_path: Path, source: str) -> None:
    assert reported(tmp_path, source) == expected(source)
