"""What a call gives, and what a loop over an expression gives each turn."""

import ast
from collections.abc import Mapping
from typing import Protocol

from bench.autograph.inference import operations
from bench.autograph.inference.values import CONTAINERS, LIKELY, PYTHON, TENSOR, UNKNOWN, Tensor, Value, combine
from bench.autograph.source import names
from bench.autograph.source.modules import FunctionDefinition, Module
from bench.autograph.source.project import Project

# Builtins that AutoGraph replaces, so that of a tensor they make a tensor.
_OVERLOADED = frozenset("builtins.abs builtins.int builtins.float builtins.len builtins.range".split())
_COPIES = frozenset("builtins.list builtins.dict builtins.set builtins.sorted copy.copy copy.deepcopy".split())


class Evaluating(Protocol):
    """Who evaluates the expressions that a call is made of."""

    project: Project
    module: Module
    returns: Mapping[FunctionDefinition, Value]
    seen: dict[ast.AST, Value]

    def value(self, node: ast.expr | None) -> Value:
        """The value of an expression."""


def part(value: Value) -> Value:
    """What one element of a value is."""
    if value.tensor >= Tensor.LIKELY:
        return TENSOR if value.tensor is Tensor.YES else LIKELY
    if value.kind in ("python", "ndarray"):
        return value
    return value.item or UNKNOWN


def item(evaluator: Evaluating, node: ast.expr) -> Value:
    """What a loop over the expression gives each turn."""
    value = evaluator.value(node)
    if isinstance(node, ast.Call) and node.args:
        inner = [part(evaluator.seen.get(argument, UNKNOWN)) for argument in node.args]
        match names.called(evaluator.module, node):
            case "builtins.enumerate":
                return Value("enumerated", "fresh", item=inner[0])
            case "builtins.zip":
                kinds = {one.kind for one in inner}
                return Value("tuple", "fresh", item=inner[0] if len(kinds) == 1 else None)
            case "builtins.range":
                return PYTHON if value.kind == "python" else TENSOR if value.tensor is Tensor.YES else UNKNOWN
    return TENSOR if value.kind == "dataset" else part(value)


def result(evaluator: Evaluating, node: ast.Call) -> Value:
    """What the call gives; its arguments are evaluated, and kept, too."""
    given = [argument.value if isinstance(argument, ast.Starred) else argument for argument in node.args]
    arguments = [evaluator.value(argument) for argument in (*given, *(keyword.value for keyword in node.keywords))]
    owner = evaluator.value(node.func.value) if isinstance(node.func, ast.Attribute) else None
    dotted = names.dotted(evaluator.module, node.func)
    if dotted and (found := _outside(dotted, arguments)) is not UNKNOWN:
        return found
    if owner and isinstance(node.func, ast.Attribute) and owner.kind not in ("unknown", "object", "function"):
        return operations.method_result(owner, node.func.attr)
    return _inside(evaluator, node)


def _outside(dotted: str, arguments: list[Value]) -> Value:
    first = arguments[0] if arguments else PYTHON
    if dotted == "builtins.len" and first.tensor is Tensor.LIKELY:
        return PYTHON  # what only may be a tensor and has its length taken is rather a list
    if dotted in _OVERLOADED:
        return combine(*arguments) if any(one.tensor >= Tensor.LIKELY for one in arguments) else PYTHON
    if dotted in _COPIES and first.kind in CONTAINERS:
        kind = first.kind if dotted.startswith("copy.") else dotted.removeprefix("builtins.").replace("sorted", "list")
        return Value(kind, "fresh", item=first.item)
    if dotted == "builtins.iter" and first.kind in ("dataset", "unknown"):
        return UNKNOWN
    return operations.result(dotted)


def _inside(evaluator: Evaluating, node: ast.Call) -> Value:
    found = evaluator.project.definition(evaluator.module, node.func)
    if found is None:
        return UNKNOWN
    home, target = found
    if isinstance(target, ast.ClassDef):
        return Value("object", "fresh", owner=target)
    function = home.functions.get(target)
    return evaluator.returns.get(function, UNKNOWN) if function else UNKNOWN
