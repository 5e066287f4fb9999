"""Finds code that changes state only once, or leaves it as it was, so that a trace does no harm to it."""

import ast
from collections.abc import Iterator

from bench.autograph.inference.values import Tensor
from bench.autograph.source import names
from bench.autograph.source.modules import Module
from bench.autograph.traced.body import Body


def guarded(body: Body, node: ast.AST) -> bool:
    """Does a test of stored state (`if self.v is None`) keep the node from running a second time?

    The test may stand around the node, or around the calls that lead to its function.
    """
    if body.once:
        return True
    child = node
    for ancestor in body.around(node):
        if isinstance(ancestor, ast.If) and child is not ancestor.test and _asks_state(body, ancestor):
            return True
        if any(_returns_early(body, earlier) for earlier in _before(ancestor, child)):
            return True
        child = ancestor
    return any(_returns_early(body, earlier) for earlier in _before(body.node, child))


def _before(parent: ast.AST, child: ast.AST) -> list[ast.stmt]:
    block = getattr(parent, "body", [])
    return block[: block.index(child)] if isinstance(block, list) and child in block else []


def _returns_early(body: Body, node: ast.stmt) -> bool:
    return isinstance(node, ast.If) and isinstance(node.body[-1], ast.Return) and _asks_state(body, node)


def _asks_state(body: Body, node: ast.If) -> bool:
    """Does Python decide the `if`, by what outlives the call? Of one that a tensor decides both branches are traced."""
    test = node.test
    if body.test(node) >= Tensor.LIKELY:
        return False
    tested: list[ast.expr] = [test] if isinstance(test, ast.Attribute) else []
    for part in ast.walk(test):
        match part:
            case ast.Call(func=ast.Name(id="hasattr")) | ast.UnaryOp(op=ast.Not(), operand=ast.Call()):
                return True
            case ast.UnaryOp(op=ast.Not(), operand=ast.Attribute() | ast.Name() as operand):
                tested.append(operand)
            case ast.Compare():
                tested += _compared(part)
    return any(_outlives(body, expression) for expression in tested)


def _compared(test: ast.Compare) -> Iterator[ast.expr]:
    """The operand tested by `is`, and the container searched by `in`."""
    operands = [test.left, *test.comparators]
    for position, op in enumerate(test.ops):
        if isinstance(op, ast.Is | ast.IsNot):
            yield operands[position]
        elif isinstance(op, ast.In | ast.NotIn):
            yield operands[position + 1]


def _outlives(body: Body, expression: ast.expr) -> bool:
    """Does it contain an attribute or an outer name, which keeps its value from one call to the next?"""
    for part in ast.walk(expression):
        value = body.values.get(part)
        if value is None or names.dotted(body.module, part):  # a called function, or a name of a module
            continue
        captured = value.origin == "captured" and value.kind != "function"
        if captured or (isinstance(part, ast.Attribute) and value.origin != "fresh"):
            return True
    return False


def runs_once(body: Body, node: ast.AST) -> bool:
    """Does a test of stored state let the node run only before that is set, as in `if not self.built: self.build()`?

    Narrower than `guarded`: what holds for a call holds for all that the called function does.
    """
    child = node
    for ancestor in (*body.around(node), body.node):
        within = isinstance(ancestor, ast.If) and child is not ancestor.test
        if within and isinstance(ancestor, ast.If) and _unset_here(body, ancestor, child in ancestor.body):
            return True
        for earlier in _before(ancestor, child):
            leaves = isinstance(earlier, ast.If) and isinstance(earlier.body[-1], ast.Return)
            if leaves and isinstance(earlier, ast.If) and _unset_here(body, earlier, False):
                return True
        child = ancestor
    return body.once


def _unset_here(body: Body, node: ast.If, holds: bool) -> bool:
    return body.test(node) < Tensor.LIKELY and _unset(body, node.test, holds)


def _unset(body: Body, test: ast.expr, holds: bool) -> bool:
    """Is stored state known to be unset where the test holds, or does not?"""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return _unset(body, operand, not holds)
        case ast.BoolOp(op=op, values=operands):
            found = [_unset(body, operand, holds) for operand in operands]
            return any(found) if isinstance(op, ast.And) is holds else all(found)
        case ast.Compare(left=left, ops=[ast.Is() | ast.IsNot() as op], comparators=[ast.Constant(value=None)]):
            return isinstance(op, ast.Is) is holds and _outlives(body, left)
        case ast.Compare(ops=[ast.In() | ast.NotIn() as op], comparators=[searched]):
            return isinstance(op, ast.NotIn) is holds and _outlives(body, searched)
        case ast.Call(func=ast.Name(id="hasattr")) | ast.Attribute() | ast.Name():
            return not holds and (isinstance(test, ast.Call) or _outlives(body, test))
    return False


def initialises(module: Module, store: ast.AST) -> bool:
    """Is a name or attribute set under a test that it is None? Then it is set for the first time, and not changed."""
    stored = ast.unparse(store)
    child = store
    for ancestor in module.ancestors(store):
        match ancestor:
            case ast.If(test=ast.Compare(left=tested, ops=[ast.Is()], comparators=[ast.Constant(value=None)])):
                if child is not ancestor.test and child not in ancestor.orelse and ast.unparse(tested) == stored:
                    return True
        child = ancestor
    return False


def restored(body: Body, store: ast.AST) -> bool:
    """Does a `finally` of the body give the name or attribute back the value that the body found in it?"""
    stored = ast.unparse(store)
    saved = {
        target.id
        for node in body.each(ast.Assign)
        if isinstance(node, ast.Assign) and ast.unparse(node.value) == stored
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in body.each(ast.Try):
        for statement in getattr(node, "finalbody", ()):
            match statement:
                case ast.Assign(targets=[target], value=ast.Name(id=name)):
                    if name in saved and ast.unparse(target) == stored:
                        return True
    return False
