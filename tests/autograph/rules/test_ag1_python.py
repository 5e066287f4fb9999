"""Family 1: where Python's functions stand for TensorFlow's, and where they may."""

from pathlib import Path

import pytest
from snippets import expected, reported

OUTPUT = [
    """
    @tf.function
    def step(x):
        print("x is", x)  #! AG101
        return x
    """,
    """
    from tensorflow import function as compiled
    show = print

    @compiled(jit_compile=True)
    def step(x):
        show(x)  #! AG101
        sys.stdout.write("step")  #! AG101
        return x
    """,
    """
    log = logging.getLogger(__name__)

    def helper(x):
        log.info("x is %s", x)  #! AG101
        return x

    def step(x):
        return helper(x)

    fast = tf.function(step)
    """,
    """
    @tf.function
    def step(x):
        tf.print("x is", x)
        return x

    def outside(x):
        print(step(x))
    """,
    """
    from tensorflow import print

    @tf.function
    def step(x):
        print(x)
        tf.py_function(lambda y: __import__("builtins").print(y), [x], [])
        if tf.executing_eagerly():  #! AG705
            logging.info("eager")
        return x
    """,
]
LOOPS = [
    """
    LAYERS = 100
    HALF = LAYERS // 2
    FEW = 3

    @tf.function
    def step(x):
        for i in range(LAYERS):  #! AG102
            x = tf.sin(x)
        for i in range(1, HALF + 1):  #! AG102
            x = tf.sin(x)
        for i in range(FEW):
            x = tf.sin(x)
        return x

    @tf.function
    def unknown(x):
        for i in range(LAYERS):  #! AG102
            x = x * 1.01 + 0.1
        return x

    def train():
        unknown(1.0)
        unknown(tf.constant(1.0))
    """,
    """
    @tf.function
    def step(x):
        for i in range(100):  #! AG102
            x = tf.sin(x)
        return x
    """,
    """
    @tf.function
    def step(x, turns: int):
        for i in range(turns):  #! AG102
            x = x + tf.constant(1.0)
        return x
    """,
    """
    @tf.function
    def step(x, n):
        rows = []
        for i in range(3):
            x = tf.sin(x)
        for i in tf.range(n):
            x = tf.sin(x)
        for i in range(tf.shape(x)[0]):
            x = tf.sin(x)
        for layer in LAYERS:
            x = layer(tf.sin(x))
        for i in range(60):
            rows.append(tf.sin(x))
        return tf.stack(rows)
    """,
    """
    @tf.function
    def step(x):
        n = tf.size(x)
        while True:  #! AG103
            n -= 1
            if n < 0:
                break
        while 1:  #! AG103
            if tf.reduce_sum(x) > 0:
                return x
    """,
    """
    @tf.function
    def step(x):
        turns = 0
        while True:
            turns += 1
            if turns == 3:
                break
        while tf.reduce_sum(x) < 10:
            x += 1
        return x
    """,
]
TEXTS = [
    """
    @tf.function
    def step(x: tf.Tensor):
        tf.print(f"x is {x}")  #! AG104
        tf.print("x is {}".format(x))  #! AG104
        tf.print("x is %s" % x)  #! AG104
        y = tf.reduce_sum(x)
        return str(y)  #! AG104
    """,
    """
    @tf.function
    def step(x: tf.Tensor, name="step"):
        tf.print(f"shape {x.shape} of {name}", x)
        if x.shape.rank != 2:
            raise ValueError(f"not a matrix: {x}")
        return x
    """,
]
BUILTINS = [
    """
    @tf.function
    def step(x: tf.Tensor):
        a = max(x, 0)  #! AG105
        b = sum(x)  #! AG105
        c = math.sqrt(tf.reduce_sum(x))  #! AG105
        if 3 in x:  #! AG105
            a = b
        return a, b, c, round(tf.reduce_mean(x))  #! AG105
    """,
    """
    @tf.function
    def step(x: tf.Tensor, names=("a",)):
        a = abs(x) + float(len(x)) + int(tf.reduce_sum(x))
        if "a" in names and not tf.reduce_any(x > 3):
            a = a + max(x.shape[0], 3) + math.sqrt(2.0)
        return sum([a, x]) + max(1, 2)
    """,
]


@pytest.mark.parametrize("source", [*OUTPUT, *LOOPS, *TEXTS, *BUILTINS])
def test_marked_lines_are_found_and_no_others(tmp_path: Path, source: str) -> None:
    assert reported(tmp_path, source) == expected(source)
