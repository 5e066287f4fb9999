"""Family 4: calls that cause a retrace, and calls that do not."""

from pathlib import Path

import pytest
from snippets import expected, findings, reported

HEAD = """
@tf.function
def step(x, other=None):
    return x

"""
NUMBERS = [
    """
    for epoch in range(10):
        step(tf.constant(1.0), epoch)  #! AG401
        step(tf.constant(1.0), other=epoch / 10)  #! AG401
        step(tf.constant(epoch), 3)
    for batch in [tf.constant(1.0)]:
        step(batch)
    """,
    """
    fast = tf.function(lambda x, n: x)
    signed = tf.function(lambda n: n, input_signature=[tf.TensorSpec([], tf.int32)])

    def train(data):
        n = 0
        while n < 3:
            fast(tf.constant(1.0), n)  #! AG401
            signed(n)
            n += 1
        for i, x in enumerate(data):
            fast(tf.constant(x), i)  #! AG401
    """,
]
COMPREHENSIONS = [
    """
    results = [step(tf.constant(1.0), epoch) for epoch in range(10)]  #! AG401
    table = {i: step(tf.constant(x), other=i / 2) for i, x in enumerate([1.0, 2.0])}  #! AG401
    total = sum(step(tf.constant(1.0), n) for n in range(3))  #! AG401
    whole = list(step(tf.constant(1.0), float(n)) for n in range(3))  #! AG401
    sound = [step(tf.constant(epoch), 3) for epoch in range(10)]
    fixed = [step(tf.constant(1.0), 1.0 + 2.0) for _ in range(10)]
    """,
    """
    class Net(tf.Module):
        def of(self, x):
            return x

    layer = keras.layers.Dense(1)

    def train(x):
        net = Net()
        step(x, net.of)  #! AG403
        step(x, layer.call)  #! AG403
        results = [step(x, lambda v: v) for _ in range(3)]  #! AG403
        again = [step(x, functools.partial(min, 1)) for _ in range(3)]  #! AG403
        keep = net.of
        return [step(x, keep) for _ in range(3)], step(x, layer), results, again

    def made(x):
        return [tf.function(lambda v: v)(x) for _ in range(3)]  #! AG404
    """,
]
SHAPES = [
    """
    for x in tf.data.Dataset.range(10).shuffle(3).batch(4):  #! AG402
        step(x)
    for x in tf.data.Dataset.range(10).batch(4, drop_remainder=True):
        step(x)
    for x in tf.data.Dataset.range(10).batch(4):
        print(x)
    """,
    """
    data = tf.data.Dataset.range(10).batch(4).prefetch(1)  #! AG402
    relaxed = tf.function(lambda x: x, reduce_retracing=True)

    def train():
        for i, x in enumerate(data):
            step(x)
        for x in data.repeat():
            step(x)
        for x in data:
            relaxed(x)
    """,
]
OBJECTS = [
    """
    class Rate:
        def __init__(self, rate):
            self.rate = rate

        def of(self, x):
            return x

    def double(x):
        return x

    keep = Rate(1.0)
    for _ in range(3):
        step(tf.constant(1.0), lambda x: x)  #! AG403
        step(tf.constant(1.0), Rate(1.0))  #! AG403
        step(tf.constant(1.0), keep.of)  #! AG403
        step(tf.constant(1.0), keep)
        step(tf.constant(1.0), double)
    """,
    """
    class Net(tf.Module):
        @tf.function
        def call(self, x, transform):
            return transform(x)

    def train():
        net = Net()
        net.call(tf.constant(1.0), transform=lambda x: x)  #! AG403
        net.call(tf.constant(1.0), tf.square)
    """,
]
MAKING = [
    """
    def double(x):
        return x

    for _ in range(3):
        fast = tf.function(double)  #! AG404

        @tf.function(jit_compile=True)
        def inner(x):  #! AG404
            return x

    def once(x):
        return tf.function(double)(x)  #! AG404
    """,
    """
    def double(x):
        return x

    def make():
        @tf.function
        def inner(x):
            return x

        return inner

    class Net:
        def __init__(self):
            self.shape = tf.function(double)(1)
            self.fast = tf.function(double)

    table = {}
    for mode in (True, False):
        table[mode] = tf.function(double, jit_compile=mode)
    """,
]
CHANGES = [
    """
    class Settings:
        rate = 1.0

    settings, other = Settings(), Settings()
    settings.rate = 2.0
    step(tf.constant(1.0), settings)
    settings.rate = 5.0  #! AG405
    other.rate = 3.0
    step(tf.constant(1.0), settings)
    """,
    """
    class Settings:
        rate = 1.0

    def train():
        mine = Settings()
        for _ in range(3):
            mine.rate *= 2  #! AG405
            step(tf.constant(1.0), other=mine)
    """,
]


@pytest.mark.parametrize("source", [*NUMBERS, *COMPREHENSIONS, *SHAPES, *OBJECTS, *MAKING, *CHANGES])
def test_marked_lines_are_found_and_no_others(tmp_path: Path, source: str) -> None:
    import textwrap

    whole = HEAD + textwrap.dedent(source)
    assert reported(tmp_path, whole) == expected(whole)


def test_a_bound_method_is_a_warning_wherever_it_is_passed(tmp_path: Path) -> None:
    source = """
    class Net(tf.Module):
        def of(self, x):
            return x

    net = Net()
    step(tf.constant(1.0), net.of)
    """
    import textwrap

    (finding,) = findings(tmp_path, HEAD + textwrap.dedent(source))
    assert (finding.code, finding.severity) == ("AG403", "warning")
