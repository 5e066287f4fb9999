"""Family 7: what is read while tracing only."""

from pathlib import Path

import pytest
from snippets import expected, reported

VALUES = [
    """
    rate = 0.1
    fixed = 0.2

    @tf.function
    def step(x):
        return x * rate * fixed  #! AG701

    def slower():
        global rate
        rate = rate / 2
    """,
    """
    def make():
        scale = 2.0
        again = tf.Variable(1.0)

        @tf.function
        def step(x):
            return x * scale * again  #! AG701

        step(tf.constant(1.0))
        scale = 3.0
        return step
    """,
    """
    class Net:
        def __init__(self):
            self.rate = 0.1
            self.size = 3

        def slower(self):
            self.rate = 0.05

        @tf.function
        def step(self, x):
            return x * self.rate * self.size  #! AG701

    net = Net()
    """,
    """
    try:
        import numpy as scale
    except ImportError:
        scale = None
    sizes = [1, 2]
    if len(sizes) > 3:
        width = 1
    else:
        width = 2

    @tf.function
    def step(x):
        width_here = width
        return x * width_here * sizes[0]
    """,
]
RANDOM = [
    """
    from numpy.random import uniform as draw
    generator = np.random.default_rng(0)

    @tf.function
    def step(x):
        x = x + np.random.normal()  #! AG702
        x = x + draw()  #! AG702
        x = x + generator.normal()  #! AG702
        return x * random.random()  #! AG702
    """,
    """
    def helper(x):
        return x + random.choice([1, 2])  #! AG702

    def outside():
        return np.random.normal()

    @tf.function
    def step(x):
        noise = tf.numpy_function(lambda: np.random.normal(), [], tf.float64)
        return helper(x) + tf.random.normal([]) + tf.cast(noise, x.dtype)
    """,
]
CLOCKS = [
    """
    from time import perf_counter as now

    @tf.function
    def step(x: tf.Tensor):
        start = now()  #! AG703
        y = tf.reduce_sum(x)
        return y.numpy() + x.item(), time.time() - start  #! AG703
    """,
    """
    import datetime

    def helper(x):
        return datetime.datetime.now()  #! AG703

    @tf.function
    def step(x):
        helper(x)
        tf.timestamp()
        time.sleep(1)
        return x

    def outside(x):
        return step(x).numpy(), time.time()
    """,
]
ASKED = [
    """
    @tf.function
    def step(x: tf.Tensor, noise=None):
        if noise is not None:
            x = x + np.random.normal()  #! AG702
            x = x + x.numpy()  #! AG703
        return x
    """,
    """
    class Net:
        def __init__(self):
            self.noise = None

        @tf.function
        def step(self, x: tf.Tensor):
            if self.noise is None:
                self.noise = np.random.normal()
            if not tf.executing_eagerly():  #! AG705
                return x
            return x.numpy()
    """,
]
NUMPY = [
    """
    @tf.function
    def step(x: tf.Tensor):
        y = np.square(x)  #! AG704
        return y + np.prod(x.shape) + np.sqrt(2.0)
    """,
    """
    from numpy import mean

    def helper(y):
        return mean(y)  #! AG704

    @tf.function
    def step(x):
        return helper(tf.abs(x)) + mean([1.0, 2.0])

    def outside(x):
        return np.square(step(x))
    """,
]
EAGER = [
    """
    @tf.function
    def step(x):
        if hasattr(x, "numpy"):  #! AG705
            return abs(x)
        return -x if tf.executing_eagerly() else x  #! AG705
    """,
    """
    from tensorflow.python.framework.ops import EagerTensor

    @tf.function
    def step(x):
        if isinstance(x, EagerTensor):  #! AG705
            return x
        if hasattr(x, "shape"):
            return -x
        return x
    """,
]
ITERATORS = [
    """
    numbers = iter([1, 2, 3])
    count = itertools.count()

    @tf.function
    def step(x):
        return x + next(numbers) + next(count)  #! AG706
    """,
    """
    def make():
        numbers = iter(range(3))
        rows = iter(tf.data.Dataset.range(3))

        @tf.function
        def step(x):
            own = iter([1, 2])
            next(numbers)  #! AG706
            return x + next(rows) + next(own)

        return step
    """,
]
SEEDS = [
    """
    tf.random.set_seed(1)

    @tf.function
    def step(x):
        tf.random.set_seed(1)  #! AG707
        return x
    """,
    """
    from tensorflow.random import set_seed

    def start():
        set_seed(1)  #! AG707

    @tf.function
    def step(x):
        start()
        return x + tf.random.stateless_uniform([], [1, 2])
    """,
]


@pytest.mark.parametrize("source", [*VALUES, *RANDOM, *CLOCKS, *ASKED, *NUMPY, *EAGER, *ITERATORS, *SEEDS])
def test_marked_lines_are_found_and_no_others(tmp_path: Path, source: str) -> None:
    assert reported(tmp_path, source) == expected(source)
