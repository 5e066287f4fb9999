"""The nodes of a syntax tree: the children of one, and the nodes of a body by their kind."""

import ast
from collections.abc import Iterator
from functools import cache

SCOPES = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
# Fields that hold no node that anything is known of: texts, and the kind of an operator or of an access.
_NO_NODES = frozenset("ctx op ops id attr arg type_comment level module conversion simple is_async lineno".split())


class Nodes:
    """The nodes of a body, in source order."""

    __slots__ = ("_by_kind", "_chosen", "every")

    def __init__(self) -> None:
        self.every: list[ast.AST] = []
        self._by_kind: dict[type, list[int]] | None = None  # positions in `every`
        self._chosen: dict[tuple[type, ...], list[ast.AST]] = {}

    def of(self, kinds: tuple[type, ...]) -> list[ast.AST]:
        """The nodes of these kinds, in source order."""
        if kinds not in self._chosen:
            places = [found for kind, found in self._grouped().items() if issubclass(kind, kinds)]
            positions = places[0] if len(places) == 1 else sorted(place for found in places for place in found)
            self._chosen[kinds] = [self.every[position] for position in positions]
        return self._chosen[kinds]

    def _grouped(self) -> dict[type, list[int]]:
        if self._by_kind is None:
            self._by_kind = {}
            for position, node in enumerate(self.every):
                self._by_kind.setdefault(node.__class__, []).append(position)
        return self._by_kind


def children(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes directly in a node, in source order, without those that only name an operator or an access."""
    kind: type = node.__class__
    for name in fields(kind):
        value = getattr(node, name, None)
        if value.__class__ is list:
            for item in value:
                if isinstance(item, ast.AST):
                    yield item
        elif isinstance(value, ast.AST):
            yield value


@cache
def fields(kind: type) -> tuple[str, ...]:
    """The names of the fields of a kind of node that may hold nodes."""
    names: tuple[str, ...] = () if issubclass(kind, ast.Constant) else getattr(kind, "_fields", ())
    return tuple(name for name in names if name not in _NO_NODES)


def without(root: ast.AST, skipped: frozenset[ast.stmt]) -> Nodes:
    """The nodes of a body without inner scopes and the skipped statements."""
    nodes = Nodes()
    pending: list[ast.AST] = list(reversed(body_of(root)))
    while pending:
        node = pending.pop()
        if node in skipped:
            continue
        nodes.every.append(node)
        if not isinstance(node, SCOPES):
            pending += reversed(list(children(node)))
    return nodes


def body_of(root: ast.AST) -> list[ast.AST]:
    """The statements of a scope, or the expression of a lambda."""
    return [root.body] if isinstance(root, ast.Lambda) else [*getattr(root, "body", [])]
