"""Resolves a name in a source file to a dotted name such as `tensorflow.function`, through imports and aliases.

An ambiguous name is not resolved.
"""

import ast
import builtins
from typing import NamedTuple

from bench.autograph.source.modules import Binding, Module, Scope

_RENAMED = (
    ("tensorflow.compat.v2", "tensorflow"),
    ("tensorflow.keras", "keras"),
    ("tf_keras", "keras"),
    ("keras.src", "keras"),
    ("tensorflow.python.eager.def_function.function", "tensorflow.function"),
    ("tensorflow.python.eager.polymorphic_function.polymorphic_function.function", "tensorflow.function"),
)
_MAY_BE_RENAMED = tuple(old for old, _ in _RENAMED)
_BUILTINS = frozenset(dir(builtins))
_DEPTH = 8  # how many aliases of aliases are followed


class Bound(NamedTuple):
    """Where a name is bound, and everything it is bound to there."""

    scope: Scope
    bindings: list[Binding]


def canonical(dotted: str) -> str:
    """One spelling for the same thing."""
    if not dotted.startswith(_MAY_BE_RENAMED):
        return dotted
    for old, new in _RENAMED:
        if dotted == old or dotted.startswith(f"{old}."):
            return canonical(new + dotted[len(old) :])
    return dotted


def lookup(name: str, scope: Scope) -> Bound | None:
    """Where Python finds the name from this scope. Functions do not see the names of the class around them."""
    current: Scope | None = scope
    while current:
        visible = current is scope or not isinstance(current.node, ast.ClassDef)
        if visible and name in current.bindings and name not in current.outer:
            return Bound(current, current.bindings[name])
        current = current.parent
    return None


def only(bindings: list[Binding]) -> Binding | None:
    """The single binding of a name, else None. Of imports tried in turn the first; a fallback `= None` is ignored."""
    if len(bindings) == 1:
        return bindings[0]
    imports = [binding for binding in bindings if binding.kind == "import"]
    others = [binding for binding in bindings if binding.kind != "import" and not _is_none(binding.value)]
    if imports and not others:
        return next((binding for binding in imports if "tensorflow" in binding.dotted), imports[0])
    return None


def _is_none(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def dotted(module: Module, expression: ast.AST) -> str | None:
    """The dotted name of a name or attribute from outside the project; `builtins.print` for a builtin."""
    if expression not in module.dotted:
        module.dotted[expression] = _dotted(module, expression, 0)
    return module.dotted[expression]


def _dotted(module: Module, expression: ast.AST, depth: int) -> str | None:
    if isinstance(expression, ast.Attribute):
        base = _dotted(module, expression.value, depth) if depth else dotted(module, expression.value)
        return canonical(f"{base}.{expression.attr}") if base else None
    if not isinstance(expression, ast.Name) or expression not in module.enclosing or depth > _DEPTH:
        return None
    bound = lookup(expression.id, module.enclosing[expression])
    if bound is None:
        return f"builtins.{expression.id}" if expression.id in _BUILTINS else None
    binding = only(bound.bindings)
    if binding is None:
        return None
    if binding.kind == "import":
        return canonical(binding.dotted)
    return _dotted(module, binding.value, depth + 1) if binding.value else None


def called(module: Module, node: ast.AST) -> str:
    """The dotted name of what a call calls; empty where it is not known."""
    return (dotted(module, node.func) or "") if isinstance(node, ast.Call) else ""
