"""Finds where a class sets its attributes."""

import ast
from collections.abc import Iterator

# Attribute -> each store to it: target and value; the value is None where it is not one plain expression.
Stores = dict[str, list[tuple[ast.Attribute, ast.expr | None]]]
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")  # the fields of a statement that hold statements


def stores(node: ast.ClassDef) -> Stores:
    """Attribute -> each store to `self.attribute` in the class."""
    found: Stores = {}
    for statement in _statements(node):
        if isinstance(statement, ast.Assign):
            pairs = [pair for target in statement.targets for pair in _pairs(target, statement.value)]
        elif isinstance(statement, ast.AnnAssign | ast.AugAssign):
            pairs = [(statement.target, statement.value if isinstance(statement, ast.AnnAssign) else None)]
        else:
            continue
        for target, value in pairs:
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
                found.setdefault(target.attr, []).append((target, value))
    return found


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """The statements in a statement, at any depth."""
    pending = [node]
    while pending:
        around = pending.pop()
        for block in _BLOCKS:
            for statement in getattr(around, block, ()):
                pending.append(statement)
                yield statement


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.expr, ast.expr | None]]:
    """`a, b = x, y` as pairs of target and value."""
    if not isinstance(target, ast.Tuple | ast.List):
        return [(target, value)]
    if isinstance(value, ast.Tuple | ast.List) and len(value.elts) == len(target.elts):
        return [
            pair
            for inner_target, inner_value in zip(target.elts, value.elts, strict=True)
            for pair in _pairs(inner_target, inner_value)
        ]
    return [(element, None) for element in target.elts]
