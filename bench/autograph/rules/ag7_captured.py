"""Rule AG701: outer Python values, which are read while tracing and never again."""

import ast
from collections.abc import Iterator

from bench.autograph.rules.rule import Behaviour, Rule, everywhere
from bench.autograph.source import names
from bench.autograph.source.modules import Binding, Scope
from bench.autograph.traced.body import Body, Hit
from bench.autograph.traced.guards import initialises

_FIXED = ("variable", "dataset", "function", "tensorarray", "object")


def rebound_value(body: Body) -> Iterator[Hit]:
    """AG701: an outer Python value that other lines change."""
    reported: set[str] = set()
    for node in body.each(ast.Name):
        assert isinstance(node, ast.Name)
        if not isinstance(node.ctx, ast.Load) or node.id in reported or node not in body.module.enclosing:
            continue
        bound = names.lookup(node.id, body.module.enclosing[node])
        if bound and body.value(node).kind not in _FIXED and _changes_later(body, node, *bound):
            reported.add(node.id)
            yield Hit(node, f"outer value `{node.id}` is read while tracing, and other lines change it")
    for attribute in body.each(ast.Attribute):
        assert isinstance(attribute, ast.Attribute)
        if (
            isinstance(attribute.ctx, ast.Load)
            and body.value(attribute).kind == "python"
            and _set_elsewhere(body, attribute)
        ):
            name = ast.unparse(attribute)
            if name not in reported:
                reported.add(name)
                yield Hit(attribute, f"`{name}` is read while tracing, and other lines set it")


def _changes_later(body: Body, node: ast.Name, scope: Scope, bindings: list[Binding]) -> bool:
    """Is the name bound more than once around this function, at least once after the function or in other code?"""
    inside = scope.node is body.node or body.traced(scope) is not None
    bindings = [binding for binding in bindings if not initialises(body.module, binding.node)]
    plain = all(binding.kind in ("value", "other") for binding in bindings)
    if inside or len(bindings) < 2 or not plain or body.function is None:
        return False
    last = body.function.node.end_lineno or 0
    for binding in bindings:
        scope_node = next(
            (ancestor for ancestor in body.module.ancestors(binding.node) if ancestor in body.module.scopes), None
        )
        elsewhere = scope_node is not scope.node and scope_node is not body.node
        if elsewhere or (getattr(binding.node, "lineno", 0) > last and not _in_main_guard(body, binding.node)):
            return True
    return False


def _in_main_guard(body: Body, node: ast.AST) -> bool:
    """Is it under an `if`, as the last lines of a script? Then the function was not called with it before."""
    return any(isinstance(ancestor, ast.If) for ancestor in body.module.ancestors(node))


def _set_elsewhere(body: Body, node: ast.Attribute) -> bool:
    """Does a method that is not traced, or code outside the class, set the attribute?"""
    owner = body.value(node.value).owner
    if owner is None or not isinstance(node.value, ast.Name) or body.value(node.value).origin != "captured":
        return False
    if any(
        _untraced_method(body, store) not in ("__init__", "build", "") and not initialises(body.module, store)
        for store, _ in body.project.stores(owner).get(node.attr, [])
    ):
        return True
    for untraced, store in body.index.stores.get(node.attr, ()):
        holder = body.project.class_of(untraced.module, store.value)
        if holder and holder[1] is owner and not _is_self(store.value):
            return True
    return False


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "self"


def _untraced_method(body: Body, node: ast.AST) -> str:
    """The method that sets an attribute; empty where it is traced, which AG303 reports."""
    method = next((ancestor for ancestor in body.module.ancestors(node) if isinstance(ancestor, ast.FunctionDef)), None)
    function = body.module.functions.get(method) if method else None
    method_body = body.index.functions.get(function) if function else None
    return "" if method is None or (method_body and method_body.compiled) else method.name


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
