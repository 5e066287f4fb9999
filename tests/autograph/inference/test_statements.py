"""The values of local names after the statements of a function."""

import textwrap
from pathlib import Path

import pytest

from bench.autograph.inference.expressions import Evaluator
from bench.autograph.inference.known import KnownValues
from bench.autograph.inference.statements import Walk, walk
from bench.autograph.inference.values import Value
from bench.autograph.source.modules import build
from bench.autograph.source.project import Project


def walked(body: str) -> tuple[Walk, dict[str, Value]]:
    """The walk over a function with this body, and its local values at the end."""
    text = "import tensorflow as tf\ndef step(x):\n" + textwrap.indent(textwrap.dedent(body), "    ")
    module = build(Path("train.py"), "train", text)
    (node,) = module.functions
    evaluator = Evaluator(Project([module], lambda path, name: None), module, module.scopes[node], KnownValues())
    return walk(evaluator, node), evaluator.local


@pytest.mark.parametrize(
    ("body", "kind", "sure"),
    [
        ("y = tf.ones([])", "tensor", True),
        ("y = 1\nif x: y = tf.ones([])", "tensor", False),
        ("y = 1\nif x:\n    y = tf.ones([])\n    return y", "python", True),
        ("y = []\nfor _ in range(3): y = tf.ones([])", "tensor", False),
        ("y, z = 1, tf.ones([])", "python", True),
        ("y = x\nif tf.is_tensor(y):\n    pass\nelse:\n    raise ValueError", "tensor", True),
        ("y = x\nif not isinstance(y, int):\n    return 0", "python", True),
        ("try:\n    y = 1\nexcept OSError:\n    y = tf.ones([])", "tensor", False),
        ("for i, y in enumerate(tf.ones([3])): pass", "tensor", True),
        ("y = 1\ny += tf.ones([])", "tensor", True),
        ("y = [tf.ones([]) for _ in range(3)][0]", "tensor", True),
        ("for y in {0: tf.ones([])}: pass", "unknown", True),
    ],
)
def test_a_local_has_the_value_of_every_path_to_the_end(body: str, kind: str, sure: bool) -> None:
    _, local = walked(body)
    assert (local["y"].kind, local["y"].sure) == (kind, sure)


def test_code_that_runs_eagerly_only_is_skipped() -> None:
    walk_over, _ = walked("if tf.executing_eagerly():\n    y = 1\nwith tf.init_scope():\n    z = 1\nreturn x")
    assert sorted(statement.lineno for statement in walk_over.skipped) == [4, 6]


def test_what_is_returned_is_any_of_the_returns() -> None:
    walk_over, _ = walked("if x:\n    return 1\nreturn tf.ones([])")
    assert walk_over.returned
    assert (walk_over.returned.kind, walk_over.returned.sure) == ("tensor", False)
