"""Whole numbers that the source names: literals, constants of a module, and sums of them."""

import ast
import operator
from collections.abc import Callable

from bench.autograph.source import names
from bench.autograph.source.modules import Module
from bench.autograph.traced.body import Body

_DEPTH = 8  # how many names of names are followed
_OPERATORS: dict[type, Callable[[int, int], int]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.FloorDiv: operator.floordiv,
}


def whole_number(body: Body, node: ast.AST, module: Module | None = None, depth: int = 0) -> int | None:
    """The value of an expression; None where the source does not say it."""
    module = module or body.module
    match node:
        case ast.Constant(value=int() as number) if not isinstance(number, bool):
            return number
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            positive = whole_number(body, operand, module, depth)
            return None if positive is None else -positive
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _computed(
                type(op), whole_number(body, left, module, depth), whole_number(body, right, module, depth)
            )
        case ast.Name(id=name) if node in module.enclosing and depth < _DEPTH:
            return _named(body, node, name, module, depth)
    return None


def _computed(op: type, left: int | None, right: int | None) -> int | None:
    if left is None or right is None or (op is ast.FloorDiv and right == 0):
        return None
    return _OPERATORS[op](left, right)


def _named(body: Body, node: ast.Name, name: str, module: Module, depth: int) -> int | None:
    """What the only line that binds the name gives it, here or in the module it is imported from."""
    bound = names.lookup(name, module.enclosing[node])
    binding = names.only(bound.bindings) if bound else None
    if binding is not None and binding.kind == "import":
        family, _, name = binding.dotted.rpartition(".")
        home = body.project.module(family, module) if family else None
        binding = names.only(home.scopes[home.tree].bindings.get(name, [])) if home else None
        module = home or module
    return whole_number(body, binding.value, module, depth + 1) if binding and binding.value else None
