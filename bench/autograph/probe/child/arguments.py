"""Describes the arguments of a call as tf.function distinguishes them, and what changed between two traces."""

import inspect
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from bench.autograph.probe.records import ArgumentChange

TENSOR, VALUE, OBJECT = "tensor", "value", "object"


@dataclass(frozen=True, slots=True)
class Argument:
    """A leaf of an argument.

    The object is referred to weakly: kept alive, it would be the same one at the next call, without a retrace.
    """

    path: str
    kind: str
    text: str
    shape: str = ""
    object: "weakref.ref[Any] | None" = None


def described(function: Callable[..., Any], arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> list[Argument]:
    """The leaves of a call's arguments, each path beginning with the name of the parameter."""
    try:
        bound = inspect.signature(function).bind(*arguments, **keywords)
        named = dict(bound.arguments)
    except (TypeError, ValueError):
        named = {**{f"argument {position}": value for position, value in enumerate(arguments, 1)}, **keywords}
    return [leaf for name, value in named.items() for leaf in _leaves(name, value)]


def _leaves(path: str, value: Any) -> list[Argument]:
    if isinstance(value, Mapping):
        return [leaf for key in value for leaf in _leaves(f"{path}[{key!r}]", value[key])]
    if isinstance(value, list | tuple):
        return [leaf for position, item in enumerate(value) for leaf in _leaves(f"{path}[{position}]", item)]
    if tf.is_tensor(value) or isinstance(value, np.ndarray | np.generic | tf.TensorSpec):
        dtype = getattr(value.dtype, "name", str(value.dtype))
        return [Argument(path, TENSOR, dtype, str(getattr(value, "shape", "")).replace("None", "?"))]
    if value is None or isinstance(value, bool | int | float | complex | str | bytes):
        return [Argument(path, VALUE, f"Python {type(value).__name__} {value!r}"[:60])]
    name = getattr(value, "__qualname__", "") or type(value).__name__
    return [Argument(path, OBJECT, name, object=_weak(value))]


def _weak(value: Any) -> "weakref.ref[Any] | None":
    try:
        return weakref.ref(value)
    except TypeError:  # TensorFlow accepts no such argument either
        return None


def changes(earlier: Sequence[Sequence[Argument]], current: Sequence[Argument]) -> tuple[ArgumentChange, ...]:
    """The changes from the most similar earlier trace; the latest of several equally similar ones."""
    return min((_differences(before, current) for before in reversed(earlier)), key=len)


def _same_object(argument: Argument, earlier: Argument) -> bool:
    """Is it the object of the earlier trace? One that is gone is another one."""
    first, second = (leaf.object() if leaf.object else None for leaf in (argument, earlier))
    return first is not None and first is second


def _differences(before: Sequence[Argument], current: Sequence[Argument]) -> tuple[ArgumentChange, ...]:
    unmatched, differences = {argument.path: argument for argument in before}, list[ArgumentChange]()
    for argument in current:
        earlier = unmatched.pop(argument.path, None)
        if earlier is None:
            differences.append(ArgumentChange(argument.path, "structure", "nothing", argument.text))
        elif argument.kind != earlier.kind:
            differences.append(ArgumentChange(argument.path, "structure", earlier.text, argument.text))
        elif argument.text != earlier.text and argument.kind != OBJECT:
            what = "dtype" if argument.kind == TENSOR else "value"
            differences.append(ArgumentChange(argument.path, what, earlier.text, argument.text))
        elif argument.shape != earlier.shape:
            differences.append(ArgumentChange(argument.path, "shape", earlier.shape, argument.shape))
        elif argument.kind == OBJECT and not _same_object(argument, earlier):
            differences.append(ArgumentChange(argument.path, "object", earlier.text, f"another {argument.text}"))
    gone = [ArgumentChange(path, "structure", earlier.text, "nothing") for path, earlier in unmatched.items()]
    return (*differences, *gone)
