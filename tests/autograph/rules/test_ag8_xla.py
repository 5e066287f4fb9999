"""Family 8: what XLA does otherwise. Without jit_compile=True none of it is found."""

import textwrap
from pathlib import Path

import pytest
from snippets import expected, reported

BODIES = [
    """
    tf.print("x is", x)  #! AG801
    y = tf.strings.as_string(x)  #! AG801
    tf.py_function(abs, [x], tf.float32)  #! AG801
    return x
    """,
    """
    rows = tf.ones([1])
    for i in tf.range(3):
        tf.autograph.experimental.set_loop_options(shape_invariants=[(rows, tf.TensorShape([None]))])
        rows = tf.concat([rows, rows], 0)  #! AG802
    both = tf.concat([rows, rows], 0)
    return both
    """,
    """
    rows = tf.TensorArray(tf.int32, size=0, dynamic_size=True)  #! AG803
    fixed = tf.TensorArray(tf.int32, size=3, dynamic_size=False)
    return fixed.stack()
    """,
    """
    rows = tf.zeros([0])
    while tf.reduce_sum(rows) < 3.0:
        rows = tf.concat([x, rows], axis=0)  #! AG802
    return tf.TensorArray(tf.float32, 0, dynamic_size=True).stack()  #! AG803
    """,
    """
    tf.debugging.assert_positive(x)  #! AG804
    y = tf.debugging.check_numerics(x, "")  #! AG804
    return tf.gather(x, [1])
    """,
    """
    y = tf.random.normal([3])  #! AG806
    z = tf.random.stateless_uniform([], [1, 2])  #! AG806
    return x + y + z
    """,
    """
    y = tf.where(x > 0, tf.sqrt(x), 0.0)  #! AG807
    z = tf.where(x != 0, 1.0 / x, 0.0)  #! AG807
    safe = tf.where(x > 0, x, 1.0)
    w = tf.where(x > 0, tf.math.log(safe), 0.0)
    return y + z + w + tf.where(x > 0, tf.sin(x), 0.0)
    """,
]


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize(
    "spelling",
    [
        "@tf.function(jit_compile=True)\ndef step(x: tf.Tensor):\n{}",
        "def step(x: tf.Tensor):\n{}\n\nfast = tf.function(step, jit_compile=True)",
        "jit = functools.partial(tf.function, jit_compile=True)\n@jit\ndef step(x: tf.Tensor):\n{}",
    ],
)
def test_marked_lines_are_found_and_no_others(tmp_path: Path, body: str, spelling: str) -> None:
    source = spelling.format(textwrap.indent(textwrap.dedent(body).strip("\n"), "    "))
    assert reported(tmp_path, source) == expected(source)


@pytest.mark.parametrize("body", BODIES)
def test_without_xla_none_of_it_is_found(tmp_path: Path, body: str) -> None:
    source = "@tf.function\ndef step(x: tf.Tensor):\n" + textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
    assert not {code for _, code in reported(tmp_path, source) if code.startswith("AG8")}


def test_a_signature_without_sizes_is_found(tmp_path: Path) -> None:
    source = """
    @tf.function(jit_compile=True, input_signature=[tf.TensorSpec([None, 3], tf.float32)])  #! AG805
    def step(x):
        return x

    open_ = [tf.TensorSpec([None], tf.float32)]
    named = tf.function(lambda x: x, jit_compile=True, input_signature=open_)  #! AG805

    @tf.function(jit_compile=True, input_signature=[tf.TensorSpec([4, 3], tf.float32)])
    def fixed(x):
        return x

    @tf.function(input_signature=[tf.TensorSpec([None, 3], tf.float32)])
    def graph(x):
        return x
    """
    assert reported(tmp_path, source) == expected(source)
