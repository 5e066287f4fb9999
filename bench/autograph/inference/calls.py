"""The value of a call, and of each item of a loop over an expression."""

import ast
from typing import Protocol

from bench.autograph.inference import operations
from bench.autograph.inference.known import Asked, KnownValues
from bench.autograph.inference.values import CONTAINERS, LIKELY, PYTHON, TENSOR, UNKNOWN, Tensor, Value, combine
from bench.autograph.source import names
from bench.autograph.source.modules import Module
from bench.autograph.source.project import Project

# Builtins that AutoGraph replaces: given a tensor, they return a tensor.
_OVERLOADED = frozenset("builtins.abs builtins.int builtins.float builtins.len builtins.range".split())
_COPIES = frozenset("builtins.list builtins.dict builtins.set builtins.sorted copy.copy copy.deepcopy".split())

_WEIGHTS = ("add_weight", "add_variable")  # methods of Keras' layers


class Evaluating(Protocol):
    """What evaluating a call needs: the project, and the values of the expressions in the call."""

    project: Project
    module: Module
    known: KnownValues
    asked: Asked
    values: dict[ast.AST, Value]

    def value(self, node: ast.expr | None) -> Value:
        """The value of an expression."""


def element(value: Value) -> Value:
    """One element of a value."""
    if value.tensor >= Tensor.LIKELY:
        return TENSOR if value.tensor is Tensor.YES else LIKELY
    if value.kind in ("python", "ndarray"):
        return value
    if value.kind == "dict":
        return UNKNOWN  # its keys; `item` is what it holds under them
    return value.item or UNKNOWN


def unpacked(value: Value, targets: list[ast.expr]) -> list[Value]:
    """What each target gets where a value is unpacked."""
    if len(value.parts) == len(targets) and not any(isinstance(target, ast.Starred) for target in targets):
        return list(value.parts)
    if value.kind == "enumerated" and len(targets) == 2:
        return [PYTHON, element(value)]
    return [element(value)] * len(targets)


def loop_item(evaluator: Evaluating, node: ast.expr) -> Value:
    """The loop variable of a loop over the expression."""
    value = evaluator.value(node)
    if isinstance(node, ast.Call) and node.args:
        elements = [element(evaluator.values.get(argument, UNKNOWN)) for argument in node.args]
        match names.called(evaluator.module, node):
            case "builtins.enumerate":
                return Value("enumerated", "fresh", item=elements[0])
            case "builtins.zip":
                kinds = {value.kind for value in elements}
                return Value("tuple", "fresh", item=elements[0] if len(kinds) == 1 else None)
            case "builtins.range":
                return PYTHON if value.kind == "python" else TENSOR if value.tensor is Tensor.YES else UNKNOWN
    return TENSOR if value.kind == "dataset" else element(value)


def result(evaluator: Evaluating, node: ast.Call) -> Value:
    """The value of a call; its arguments are evaluated and kept too."""
    positional = [argument.value if isinstance(argument, ast.Starred) else argument for argument in node.args]
    arguments = [evaluator.value(argument) for argument in (*positional, *(keyword.value for keyword in node.keywords))]
    owner = evaluator.value(node.func.value) if isinstance(node.func, ast.Attribute) else None
    dotted = names.dotted(evaluator.module, node.func)
    if dotted and (outside := _outside(dotted, arguments)) is not UNKNOWN:
        return outside
    if owner and isinstance(node.func, ast.Attribute) and owner.kind not in ("unknown", "object", "function"):
        return operations.method_result(owner, node.func.attr)
    return _inside(evaluator, node)


def _outside(dotted: str, arguments: list[Value]) -> Value:
    first = arguments[0] if arguments else PYTHON
    if dotted == "builtins.len" and first.tensor is Tensor.LIKELY:
        return PYTHON  # a value that only might be a tensor is more likely a list where its length is taken
    if dotted in _OVERLOADED:
        return combine(*arguments) if any(argument.tensor >= Tensor.LIKELY for argument in arguments) else PYTHON
    if dotted in _COPIES and first.kind in CONTAINERS:
        kind = first.kind if dotted.startswith("copy.") else dotted.removeprefix("builtins.").replace("sorted", "list")
        return Value(kind, "fresh", item=first.item)
    if dotted == "builtins.iter" and first.kind in ("dataset", "unknown"):
        return UNKNOWN
    return operations.result(dotted)


def _inside(evaluator: Evaluating, node: ast.Call) -> Value:
    definition = evaluator.project.definition(evaluator.module, node.func)
    if definition is None:
        weight = isinstance(node.func, ast.Attribute) and node.func.attr in _WEIGHTS
        return Value("variable", "fresh") if weight else UNKNOWN
    home, target = definition
    if isinstance(target, ast.ClassDef):
        return Value("object", "fresh", owner=target)
    function = home.functions.get(target)
    return evaluator.known.returned(function, evaluator.asked) if function else UNKNOWN
