"""Finds in-place changes of objects in a body: a growing list, a new key of a dict, an attribute that is set."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from bench.autograph.inference.values import CONTAINERS, UNKNOWN, Value
from bench.autograph.traced.body import Body

# Methods that change their object. For an object of unknown kind only those count that only lists have.
_OF_LIST = frozenset("append extend insert appendleft extendleft popleft".split())
_OF_ANY = _OF_LIST | frozenset("remove pop clear sort reverse update setdefault popitem add discard".split())
_FUNCTIONS = {"heapq.heappush": 0, "heapq.heappop": 0, "heapq.heapify": 0, "heapq.heapreplace": 0, "bisect.insort": 0,
              "bisect.insort_left": 0, "bisect.insort_right": 0, "random.shuffle": 0}  # fmt: skip
_NOT_PYTHON = ("tensor", "variable", "tensorarray", "dataset", "python", "function")


@dataclass(frozen=True, slots=True)
class Mutation:
    """A change of an object: of the named attribute, or, where that is empty, of what the object holds."""

    node: ast.AST
    value: Value
    attribute: str = ""

    @property
    def name(self) -> str:
        """The name of the object in the source."""
        return f"{self.value.name}.{self.attribute}" if self.attribute else self.value.name


def mutations(body: Body) -> Iterator[Mutation]:
    """Every in-place change in the body, of any object."""
    for node in body.each(ast.Call, ast.Assign, ast.Delete, ast.AnnAssign, ast.AugAssign):
        match node:
            case ast.Call():
                yield from _called(body, node)
            case ast.Assign(targets=targets) | ast.Delete(targets=targets):
                for target in targets:
                    yield from _stored(body, target)
            case ast.AnnAssign(target=target, value=ast.expr()):
                yield from _stored(body, target)
            case ast.AugAssign(target=target):
                yield from _augmented(body, target)


def _called(body: Body, node: ast.Call) -> Iterator[Mutation]:
    position = _FUNCTIONS.get(body.called(node))
    if position is not None and len(node.args) > position:
        yield Mutation(node, body.value(node.args[position]))
    elif isinstance(node.func, ast.Attribute):
        value, method = body.value(node.func.value), node.func.attr
        certain = value.kind in CONTAINERS and method in _OF_ANY
        likely = (
            value.kind in ("unknown", "tensor") and method in _OF_LIST and not (value.sure and value.kind == "tensor")
        )
        if certain or likely:
            yield Mutation(node, value)
    elif body.called(node) == "builtins.setattr" and len(node.args) == 3:
        name = node.args[1].value if isinstance(node.args[1], ast.Constant) else "?"
        yield Mutation(node, body.value(node.args[0]), str(name))


def _stored(body: Body, target: ast.expr) -> Iterator[Mutation]:
    if isinstance(target, ast.Tuple | ast.List):
        for element in target.elts:
            yield from _stored(body, element)
    elif isinstance(target, ast.Subscript) and isinstance(target.ctx, ast.Store | ast.Del):
        if body.value(target.value).kind not in _NOT_PYTHON or not body.value(target.value).sure:
            yield Mutation(target, body.value(target.value))
    elif isinstance(target, ast.Attribute) and isinstance(target.ctx, ast.Store):
        yield Mutation(target, body.value(target.value), target.attr)


def _augmented(body: Body, target: ast.expr) -> Iterator[Mutation]:
    if isinstance(target, ast.Name):
        before = body.values.get(target, UNKNOWN)
        if before.kind in (*CONTAINERS, "ndarray"):
            yield Mutation(target, before)
    elif isinstance(target, ast.Attribute) and body.value(target).kind in CONTAINERS:
        yield Mutation(target, body.value(target))
    else:
        yield from _stored(body, target)
