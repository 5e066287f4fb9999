"""What a test says about names where it holds, and where it does not."""

import ast

from bench.autograph.inference.values import PYTHON, TENSOR, Value, join
from bench.autograph.source import names
from bench.autograph.source.modules import Module

_PYTHON_TYPES = frozenset("int float bool str list tuple dict".split())


def narrowed(module: Module, test: ast.expr, holds: bool) -> dict[str, Value]:
    """What is known of names, from `tf.is_tensor(x)`, `x is None`, `isinstance(x, int)`, and `not`, `and`, `or`."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return narrowed(module, operand, not holds)
        case ast.BoolOp(op=op, values=operands):
            facts = [narrowed(module, operand, holds) for operand in operands]
            return _all_of(facts) if isinstance(op, ast.And) is holds else _one_of(facts)
        case ast.Compare(left=ast.Name(id=name), ops=[ast.Is()], comparators=[ast.Constant(value=None)]):
            return {name: PYTHON} if holds else {}
        case ast.Compare(left=ast.Name(id=name), ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return {} if holds else {name: PYTHON}
        case ast.Call(args=[ast.Name(id=name), *rest]):
            dotted = names.called(module, test)
            if dotted == "tensorflow.is_tensor":
                return {name: TENSOR if holds else PYTHON}
            if dotted == "builtins.isinstance" and rest:
                return _by_type(module, name, rest[0], holds)
    return {}


def _all_of(facts: list[dict[str, Value]]) -> dict[str, Value]:
    return {name: value for fact in facts for name, value in fact.items()}


def _one_of(facts: list[dict[str, Value]]) -> dict[str, Value]:
    """What is known where one of the operands decides: the names of which each says something."""
    known = dict(facts[0])
    for fact in facts[1:]:
        known = {name: join(value, fact[name]) for name, value in known.items() if name in fact}
    return known


def _by_type(module: Module, name: str, type_node: ast.expr, holds: bool) -> dict[str, Value]:
    types = type_node.elts if isinstance(type_node, ast.Tuple) else [type_node]
    type_names = [names.dotted(module, node) or "" for node in types]
    if all(type_name.startswith("tensorflow.") for type_name in type_names):
        return {name: TENSOR} if holds and type_names == ["tensorflow.Tensor"] else {}
    python = all(type_name.removeprefix("builtins.") in _PYTHON_TYPES for type_name in type_names)
    return {name: PYTHON} if python and holds else {}
