"""Family 2: variables that are created inside, and where they may be."""

from pathlib import Path

import pytest
from snippets import expected, reported

CREATED = [
    """
    @tf.function
    def step(x):
        v = tf.Variable(1.0)  #! AG201
        return v + x
    """,
    """
    from tensorflow import Variable as V

    class Net:
        def __init__(self):
            self.v = None
            self.w = V(1.0)

        @tf.function(autograph=False)
        def __call__(self, x):
            if self.v is None:
                self.v = V(1.0)
            if not hasattr(self, "u"):
                self.u = V(1.0)
            return V(2.0) * x  #! AG201
    """,
    """
    v = tf.Variable(1.0)

    @tf.function
    def step(x):
        with tf.init_scope():
            tf.Variable(1.0)
        return v.assign_add(x)
    """,
]
HIDDEN = [
    """
    @tf.function
    def step(x):
        x = keras.layers.GlobalAveragePooling1D()(keras.layers.Flatten()(x))
        keras.optimizers.schedules.ExponentialDecay(0.1, 100, 0.9)
        return keras.layers.AdditiveAttention()([x, x])  #! AG202
    """,
    """
    @tf.function
    def step(x):
        layer = keras.layers.Dense(3)  #! AG202
        generator = tf.random.Generator.from_seed(1)  #! AG202
        tf.keras.optimizers.Adam()  #! AG202
        return layer(x)
    """,
    """
    class Net(tf.Module):
        def __init__(self):
            self.v = tf.Variable(1.0)

    def make():
        return Net()

    @tf.function
    def step(x):
        return make().v * x  #! AG202
    """,
    """
    class Net(tf.Module):
        def __init__(self):
            self.built = False

        def build(self):
            if self.built:
                return
            self.v = tf.Variable(1.0)

        @tf.function
        def __call__(self, x):
            self.build()
            return keras.metrics.mean_squared_error(x, self.v)
    """,
]
REBOUND = [
    """
    class Net(tf.Module):
        def __init__(self):
            self.v = tf.Variable(1.0)
            self.n = 0

        @tf.function
        def add(self, x):
            self.v += x  #! AG203
            self.v = self.v + x  #! AG203

        @tf.function
        def right(self, x):
            self.v.assign_add(x)
            total = self.v + x
            total += 1
            return total
    """,
    """
    class Net(tf.Module):
        @tf.function
        def method(self, x):
            return x

        def plain(self, x):
            return x

    Net().method(tf.constant(1))  #! AG204
    net = Net()
    net.method(tf.constant(1))
    Net().plain(1)
    """,
    """
    class Net:
        def __init__(self):
            self.fast = tf.function(self.step)

        def step(self, x):
            return x

    def run(x):
        Net().step(x)
        kept = Net()
        return Net().fast(x), kept.fast(x)  #! AG204
    """,
]
GUARDED = [
    """
    @tf.function
    def step(x, mask=None):
        if mask is not None:
            v = tf.Variable(1.0)  #! AG201
            x = x + v
        return x
    """,
    """
    @tf.function
    def step(x, training):
        if not training:
            return x
        generator = tf.random.Generator.from_seed(1)  #! AG202
        return generator.normal([]) + x
    """,
    """
    cache, scale = {}, None

    @tf.function
    def step(x, name="a"):
        global scale
        if scale is None:
            scale = tf.Variable(1.0)
        if name not in cache:
            cache[name] = tf.Variable(2.0)
        return x * scale * cache[name]
    """,
    """
    class Net:
        def __init__(self):
            self.v = None

        @tf.function
        def step(self, x):
            kept = self.v
            if kept is None:
                kept = self.v = tf.Variable(1.0)
            if getattr(self, "w", None) is None:
                self.w = tf.Variable(1.0)
            return kept * x
    """,
]


@pytest.mark.parametrize("source", [*CREATED, *HIDDEN, *REBOUND, *GUARDED])
def test_marked_lines_are_found_and_no_others(tmp_path: Path, source: str) -> None:
    assert reported(tmp_path, source) == expected(source)
