"""Code that TensorFlow never traces, because a test asks whether it is tracing."""

import textwrap
from pathlib import Path

import pytest
from snippets import reported

HELPERS = """
def in_graph():
    if tf is None:
        return False
    return not tf.executing_eagerly()

def pure_python(flag):
    '''Whether TensorFlow is left out.'''
    if in_graph():
        return False
    if flag:
        return True
    return False

def depends(flag):
    if flag:
        return True
    return tf.executing_eagerly()

def endless():
    return endless()

"""


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("if tf.executing_eagerly(): print(1)\nelse: print(2)", [2]),
        ("if not tf.executing_eagerly(): print(1)\nelse: print(2)", [1]),
        ("if in_graph(): print(1)\nelse: print(2)", [1]),
        ("if not in_graph(): print(1)\nelse: print(2)", [2]),
        ("if pure_python(x): print(1)\nelse: print(2)", [2]),
        ("if in_graph(): return x\nprint(2)", []),
        ("if not pure_python(x):\n    return x\nelse:\n    print(4)\nprint(5)", []),
        ("if in_graph() and training: print(1)\nelse: print(2)", [1, 2]),
        ("if tf.executing_eagerly() and training: print(1)\nelse: print(2)", [2]),
        ("if in_graph() or training: print(1)\nelse: print(2)", [1]),
        ("if depends(x): print(1)\nelse: print(2)", [1, 2]),
        ("if endless(): print(1)\nelse: print(2)", [1, 2]),
        ("if training: print(1)\nelse: print(2)", [1, 2]),
        ("return x\nprint(2)", []),
    ],
)
def test_only_what_is_traced_is_checked(tmp_path: Path, body: str, lines: list[int]) -> None:
    head = HELPERS + "@tf.function\ndef step(x, training):\n"
    found = reported(tmp_path, head + textwrap.indent(body, "    ") + "\n    return x\n")
    start = head.count("\n")
    assert sorted(line - start for line, code in found if code == "AG101") == lines


def test_outside_traced_code_both_branches_are_checked(tmp_path: Path) -> None:
    source = HELPERS + (
        "@tf.function\ndef step(x): return x\ndef drive():\n    for n in range(9):\n"
        "        if in_graph(): step(n)\n        else: step(n)\n"
    )
    start = source[: source.index("    for n")].count("\n") + 1
    assert {line - start for line, code in reported(tmp_path, source) if code == "AG401"} == {1, 2}
