"""One function's body: its loops, its tests, and how it changes objects and takes its parameters."""

import ast
import textwrap
from pathlib import Path

import pytest

from bench.autograph.inference.values import Tensor
from bench.autograph.source.modules import build
from bench.autograph.source.project import Project
from bench.autograph.traced.body import Body
from bench.autograph.traced.mutations import mutations
from bench.autograph.traced.reach import Reach


def a_body(text: str, name: str = "step") -> Body:
    """The body of the function of this name, after everything that compiled functions reach is known."""
    module = build(Path("train.py"), "train", "import heapq, keras\nimport tensorflow as tf\n" + textwrap.dedent(text))
    bodies = Reach(Project([module], lambda path, name: None), [module]).bodies()
    return next(body for body in bodies if body.function and body.function.name == name)


def marked(body: Body) -> ast.AST:
    """The call of `mark()` in the body."""
    return next(node for node in body.each(ast.Call) if ast.unparse(node) == "mark()")


@pytest.mark.parametrize(
    ("code", "decided"),
    [
        ("if tf.reduce_any(x > 0): mark()", Tensor.YES),
        ("if x > 0: mark()", Tensor.LIKELY),
        ("if 3 > 2: mark()", Tensor.NO),
        ("mark() if tf.reduce_any(x > 0) else 0", Tensor.YES),
        ("if mark(): x = tf.ones([])", Tensor.NO),
    ],
)
def test_how_certainly_a_tensor_decides_whether_a_line_runs(code: str, decided: Tensor) -> None:
    body = a_body(f"@tf.function\ndef step(x):\n    {code}")
    assert body.decided(marked(body)) is decided


@pytest.mark.parametrize(
    ("loop", "of_the_graph"),
    [
        ("for _ in tf.range(3):", True),
        ("for row in tf.data.Dataset.range(3):", True),
        ("for _, row in enumerate(tf.ones([3])):", True),
        ("while tf.reduce_any(x > 0):", True),
        ("for _ in range(3):", False),
        ("while True:", False),
    ],
)
def test_which_loops_become_loops_of_the_graph(loop: str, of_the_graph: bool) -> None:
    body = a_body(f"@tf.function\ndef step(x):\n    {loop}\n        mark()")
    assert (body.tensor_loop(marked(body)) is not None) is of_the_graph


def test_the_iterable_of_a_loop_is_not_inside_it() -> None:
    body = a_body("@tf.function\ndef step(x):\n    for row in mark():\n        pass")
    assert list(body.loops(marked(body))) == []


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("losses.append(x)", "losses"),
        ("losses[0] = x", "losses"),
        ("del losses[0]", "losses"),
        ("net.rows += [x]", "net.rows"),
        ("heapq.heappush(losses, x)", "losses"),
        ("net.count = 1", "net.count"),
        ("setattr(net, 'count', 1)", "net.count"),
        ("net.count, losses[0] = 1, 2", "net.count losses"),
        ("losses.index(x)", ""),
        ("x = x + [1]", ""),
    ],
)
def test_each_spelling_of_an_in_place_change_is_a_mutation(code: str, name: str) -> None:
    body = a_body(f"losses = []\nclass Net: pass\nnet = Net()\ndef step(x):\n    global losses\n    {code}")
    assert " ".join(mutation.name for mutation in mutations(body)) == name


@pytest.mark.parametrize(
    ("signature", "call", "tensor"),
    [
        ("x", "step(unknown())", Tensor.LIKELY),
        ("x", "step(tf.ones([]))", Tensor.YES),
        ("x", "step(3)", Tensor.NO),
        ("x: int", "step(unknown())", Tensor.NO),
        ("x: tf.Tensor", "step(unknown())", Tensor.YES),
        ("x=True", "step()", Tensor.NO),
        ("*x", "step(tf.ones([]))", Tensor.NO),
    ],
)
def test_a_parameter_is_what_its_annotation_default_and_callers_say(signature: str, call: str, tensor: Tensor) -> None:
    body = a_body(f"@tf.function\ndef step({signature}):\n    return x\n\n{call}")
    (name,) = [node for node in body.each(ast.Name) if isinstance(node, ast.Name) and node.id == "x"]
    assert body.tensor(name) is tensor
