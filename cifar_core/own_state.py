"""The variables and optimizers that a person's own code reaches, and what its first call makes.

Found through attributes, lists, dicts, closures and the module's own names that a function uses, always in the same
order. Leaves out metrics: they start again with each run of steps.
"""

import sys
import types
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any

import tensorflow as tf

_OTHERS = ("tensorflow", "keras", "numpy", "builtins", "tensorboard")  # packages into whose objects nobody looks


class Held:
    """What is reached from some objects: `variables` and `optimizers`, each once, in the order of the way there."""

    def __init__(self, *roots: Any) -> None:
        self.variables, self.optimizers = list[Any](), list[Any]()
        self._seen = dict[int, Any]()  # kept alive: a number that is free again would be somebody else's
        left = list(roots)
        while left:
            found = left.pop(0)
            if id(found) not in self._seen and not isinstance(found, str | int | float | types.ModuleType | type):
                self._seen[id(found)] = found
                left += self._from(found)

    def _from(self, found: Any) -> list[Any]:
        if is_variable(found):
            self.variables.append(found)
            return []
        if is_keras(found, "Metric"):
            return []
        if is_keras(found, "Optimizer"):
            self.optimizers.append(found)
            return list(found.variables)
        return list(_inside(found))


def each_once(variables: Iterable[Any]) -> tuple[Any, ...]:
    """The variables without those that came before."""
    return tuple({id(variable): variable for variable in variables}.values())


def is_variable(value: Any) -> bool:
    """Whether it is a tf.Variable or one of Keras'."""
    return hasattr(type(value), "assign_add") and hasattr(type(value), "handle")


def is_keras(value: Any, kind: str) -> bool:
    """Whether it is Keras' Model, Layer, Metric or Optimizer. Keras itself is not imported to find that out."""
    keras = sys.modules.get("keras")
    kinds = {"Metric": "metrics", "Optimizer": "optimizers", "Layer": "layers", "Model": "models"}
    return keras is not None and isinstance(value, getattr(getattr(keras, kinds[kind]), kind))


def _inside(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list | tuple | set | frozenset):
        yield from value
    elif isinstance(value, partial):
        yield from (value.func, *value.args, *value.keywords.values())
    elif isinstance(value, types.MethodType):
        yield from (value.__self__, value.__func__)
    elif isinstance(value, types.FunctionType):
        yield from _of_function(value)
    elif hasattr(value, "python_function"):  # what tf.function has made of one
        yield value.python_function
    elif is_keras(value, "Layer"):
        yield from (*value.variables, *vars(value).values())
    elif isinstance(value, tf.Module) or _is_persons(value):
        yield from vars(value).values()


def _of_function(function: types.FunctionType) -> Iterator[Any]:
    """What it closes over, its defaults, and the names of its module that it uses."""
    yield from (cell.cell_contents for cell in function.__closure__ or () if cell != types.CellType())
    yield from function.__defaults__ or ()
    yield from vars(function).values()
    if function.__module__.partition(".")[0] not in _OTHERS:
        yield from (function.__globals__[name] for name in _names(function.__code__) if name in function.__globals__)


def _names(code: types.CodeType) -> list[str]:
    inner = [constant for constant in code.co_consts if isinstance(constant, types.CodeType)]
    return [*code.co_names, *(name for each in inner for name in _names(each))]


def _is_persons(value: Any) -> bool:
    return hasattr(value, "__dict__") and type(value).__module__.partition(".")[0] not in _OTHERS


def settled(call: Callable[[], Any], *roots: Any) -> Any:
    """What the call gives; every variable then has its first value again, also those that the call has made.

    So all exists that is made at a first call, as if nothing had been called. Not to be called in a graph.
    """
    first = [(variable, variable.numpy()) for variable in Held(*roots).variables]

    def noting(make: Callable[..., Any], **options: Any) -> Any:
        variable = make(**options)
        if tf.executing_eagerly():
            first.append((variable, variable.numpy()))
        return variable

    with tf.variable_creator_scope(noting):
        result = call()
    for variable, value in first:
        variable.assign(value)
    return result
