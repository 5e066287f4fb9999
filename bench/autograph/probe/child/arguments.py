"""The arguments of a call as a tf.function looks at them, and what changed of them from one trace to the next."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from bench.autograph.probe.records import ArgumentChange

TENSOR, VALUE, OBJECT = "tensor", "value", "object"


@dataclass(frozen=True, slots=True)
class Argument:
    """A leaf of an argument. The object is kept: the number of one that is gone is given to another."""

    path: str
    kind: str
    text: str
    shape: str = ""
    held: Any = None


def described(function: Callable[..., Any], arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> list[Argument]:
    """Each leaf of a call's arguments by the parameter's name."""
    try:
        bound = inspect.signature(function).bind(*arguments, **keywords)
        named = dict(bound.arguments)
    except (TypeError, ValueError):
        named = {**{f"argument {place}": value for place, value in enumerate(arguments, 1)}, **keywords}
    return [leaf for name, value in named.items() for leaf in _leaves(name, value)]


def _leaves(path: str, value: Any) -> list[Argument]:
    if isinstance(value, Mapping):
        return [leaf for key in value for leaf in _leaves(f"{path}[{key!r}]", value[key])]
    if isinstance(value, list | tuple):
        return [leaf for place, part in enumerate(value) for leaf in _leaves(f"{path}[{place}]", part)]
    if tf.is_tensor(value) or isinstance(value, np.ndarray | np.generic | tf.TensorSpec):
        dtype = getattr(value.dtype, "name", str(value.dtype))
        return [Argument(path, TENSOR, dtype, str(getattr(value, "shape", "")).replace("None", "?"))]
    if value is None or isinstance(value, bool | int | float | complex | str | bytes):
        return [Argument(path, VALUE, f"Python {type(value).__name__} {value!r}"[:60])]
    name = getattr(value, "__qualname__", "") or type(value).__name__
    return [Argument(path, OBJECT, name, held=value)]


def changes(earlier: Sequence[Sequence[Argument]], now: Sequence[Argument]) -> tuple[ArgumentChange, ...]:
    """What differs from the earlier trace that is most like it; of equally like ones, the latest."""
    return min((_differences(before, now) for before in reversed(earlier)), key=len)


def _differences(before: Sequence[Argument], now: Sequence[Argument]) -> tuple[ArgumentChange, ...]:
    known, found = {one.path: one for one in before}, list[ArgumentChange]()
    for one in now:
        other = known.pop(one.path, None)
        if other is None:
            found.append(ArgumentChange(one.path, "structure", "nothing", one.text))
        elif one.kind != other.kind:
            found.append(ArgumentChange(one.path, "structure", other.text, one.text))
        elif one.text != other.text and one.kind != OBJECT:
            found.append(ArgumentChange(one.path, "dtype" if one.kind == TENSOR else "value", other.text, one.text))
        elif one.shape != other.shape:
            found.append(ArgumentChange(one.path, "shape", other.shape, one.shape))
        elif one.kind == OBJECT and one.held is not other.held:
            found.append(ArgumentChange(one.path, "object", other.text, f"another {one.text}"))
    gone = [ArgumentChange(path, "structure", other.text, "nothing") for path, other in known.items()]
    return (*found, *gone)
