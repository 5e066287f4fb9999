"""The nodes of a body: in source order, by kind, without inner scopes."""

import ast
from pathlib import Path

import pytest

from bench.autograph.source.modules import build
from bench.autograph.source.nodes import children, without

SOURCE = """
def step(x, scale=lambda: 1):
    rows = [x + 1 for _ in range(3)]
    def inner(y=x):
        return y.hidden
    class Net(object):
        size = x
    if x: rows.append(-x)
    match x:
        case [first, *rest]: pass
    return (lambda z: z)(rows)
"""


def nodes_of_step() -> tuple[ast.AST, list[ast.AST]]:
    module = build(Path("train.py"), "train", SOURCE)
    node = next(node for node, function in module.functions.items() if function.name == "step")
    return node, module.bodies[node].every


def test_a_body_holds_its_nodes_in_source_order_without_what_lies_in_an_inner_scope() -> None:
    node, every = nodes_of_step()
    assert every == without(node, frozenset()).every
    positions = [(part.lineno, part.col_offset) for part in every if isinstance(part, ast.stmt)]
    assert positions == sorted(positions)
    names = {part.id for part in every if isinstance(part, ast.Name)}
    assert {"rows", "x", "range"} <= names
    assert not {"y", "size", "object", "z"} & names


@pytest.mark.parametrize("kinds", [(ast.Call,), (ast.Name, ast.Call), (ast.stmt,), (ast.Await,), (ast.expr, ast.stmt)])
def test_the_nodes_of_some_kinds_are_those_that_are_instances_of_them(kinds: tuple[type, ...]) -> None:
    node, every = nodes_of_step()
    nodes = without(node, frozenset())
    assert nodes.of(kinds) == nodes.of(kinds) == [part for part in every if isinstance(part, kinds)]


def test_a_skipped_statement_is_left_out_with_all_in_it() -> None:
    node, every = nodes_of_step()
    skipped = next(part for part in every if isinstance(part, ast.If))
    left = without(node, frozenset([skipped])).every
    assert {*every} - {*left} == {part for part in ast.walk(skipped) if part in every}


def test_children_are_those_of_python_without_operators_and_contexts() -> None:
    left_out = (ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
    for node in ast.walk(ast.parse(SOURCE)):
        assert list(children(node)) == [part for part in ast.iter_child_nodes(node) if not isinstance(part, left_out)]
