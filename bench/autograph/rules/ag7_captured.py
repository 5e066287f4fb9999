"""Family 7, first part: outer values, which are read while tracing and never again. The rest: frozen.py."""

import ast
from collections.abc import Iterator

from bench.autograph.rules.rule import Behaviour, Rule, everywhere
from bench.autograph.source import names
from bench.autograph.source.modules import Binding, Scope
from bench.autograph.traced.body import Body, Hit

_FIXED = ("variable", "dataset", "function", "tensorarray", "object")


def rebound_value(body: Body) -> Iterator[Hit]:
    """AG701: a Python value from outside, which other lines change."""
    seen: set[str] = set()
    for node in body.each(ast.Name):
        assert isinstance(node, ast.Name)
        if not isinstance(node.ctx, ast.Load) or node.id in seen or node not in body.module.enclosing:
            continue
        found = names.lookup(node.id, body.module.enclosing[node])
        if found and body.value(node).kind not in _FIXED and _changes_later(body, node, *found):
            seen.add(node.id)
            yield Hit(node, f"outer value `{node.id}` is read while tracing, and other lines change it")
    for attribute in body.each(ast.Attribute):
        assert isinstance(attribute, ast.Attribute)
        if (
            isinstance(attribute.ctx, ast.Load)
            and body.value(attribute).kind == "python"
            and _set_elsewhere(body, attribute)
        ):
            name = ast.unparse(attribute)
            if name not in seen:
                seen.add(name)
                yield Hit(attribute, f"`{name}` is read while tracing, and other lines set it")


def _changes_later(body: Body, node: ast.Name, scope: Scope, bindings: list[Binding]) -> bool:
    """Is the name bound in a scope around this function, more than once, and once of these after it or elsewhere?"""
    inside = scope.node is body.node or body.traced(scope) is not None
    plain = all(binding.kind in ("value", "other") for binding in bindings)
    if inside or len(bindings) < 2 or not plain or body.function is None:
        return False
    last = body.function.node.end_lineno or 0
    for binding in bindings:
        place = next((one for one in body.module.ancestors(binding.node) if one in body.module.scopes), None)
        elsewhere = place is not scope.node and place is not body.node
        if elsewhere or (getattr(binding.node, "lineno", 0) > last and not _in_main_guard(body, binding.node)):
            return True
    return False


def _in_main_guard(body: Body, node: ast.AST) -> bool:
    """Does it only name results, as a script's last lines do? Then the function was not called with it before."""
    return any(isinstance(outer, ast.If) for outer in body.module.ancestors(node))


def _set_elsewhere(body: Body, node: ast.Attribute) -> bool:
    """Does a method that is not traced, or code outside the class, set the attribute?"""
    owner = body.value(node.value).owner
    if owner is None or not isinstance(node.value, ast.Name) or body.value(node.value).origin != "captured":
        return False
    if any(
        _maker(body, place) not in ("__init__", "build", "")
        for place, _ in body.project.stores(owner).get(node.attr, [])
    ):
        return True
    for other in body.index.untraced:
        for store in other.each(ast.Attribute):
            assert isinstance(store, ast.Attribute)
            if isinstance(store.ctx, ast.Store) and store.attr == node.attr:
                holder = body.project.class_of(other.module, store.value)
                if holder and holder[1] is owner and not _is_self(store.value):
                    return True
    return False


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _maker(body: Body, node: ast.AST) -> str:
    """The method that sets an attribute; empty for one that is traced, which AG303 reports."""
    method = next((one for one in body.module.ancestors(node) if isinstance(one, ast.FunctionDef)), None)
    function = body.module.functions.get(method) if method else None
    inner = body.index.functions.get(function) if function else None
    return "" if method is None or (inner and inner.compiled) else method.name


ROWS = (
    Rule(
        "AG701",
        "outer-value-rebound",
        "warning",
        None,
        "no outer Python value that changes later",
        "An outer value is read while tracing and becomes a constant of the graph.",
        "give it as an argument, or make it a tf.Variable",
        Behaviour("[2.0, 5.0]", "[2.0, 2.0]", "[2.0, 2.0]"),
        everywhere("[2.0, 5.0]"),
        rebound_value,
    ),
)
