"""A value taken apart into leaves that can be compared across processes: tensors, arrays, numbers, objects' attributes.

Leaves out which values are looked at (probe_state.py) and how they are compared (probe_compare.py).
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf

from bench.autograph.probe.records import Leaf

MOST_NUMBERS = 4096  # of an array that are kept, evenly spread over it
MOST_ITEMS = 50  # of a list or a dict
MOST_LEAVES = 2000
DEEPEST = 6
_OWN = ("_self_", "_tf_", "_obj_reference", "_name", "_keras", "_tracker")  # attributes that TensorFlow and Keras add


def leaves(value: Any, path: str, ours: Callable[[Any], bool]) -> tuple[Leaf, ...]:
    """The value's leaves; `ours` says of an object whether its attributes are looked into."""
    found = list[Leaf]()
    for leaf in _LeafWalk(ours).leaves(value, path, 0):
        found.append(leaf)
        if len(found) >= MOST_LEAVES:
            break
    return tuple(found)


class _LeafWalk:
    """Each object is walked once, so that cycles end."""

    def __init__(self, ours: Callable[[Any], bool]) -> None:
        self._ours = ours
        self._seen = dict[int, Any]()  # the objects too: an id may be used again

    def leaves(self, value: Any, path: str, depth: int) -> Iterator[Leaf]:
        if (leaf := _leaf(value, path)) is not None:
            yield leaf
            return
        if id(value) in self._seen or depth > DEEPEST:
            return
        self._seen[id(value)] = value
        parts = self._parts(value, path)
        yield Leaf(path, type(value).__name__, _size(value))
        for place, part in parts:
            yield from self.leaves(part, place, depth + 1)

    def _parts(self, value: Any, path: str) -> list[tuple[str, Any]]:
        if isinstance(value, Mapping):
            keys = list(value)[:MOST_ITEMS]
            return [(f"{path}[{_key(key, place)}]", value[key]) for place, key in enumerate(keys)]
        if isinstance(value, list | tuple | deque):
            return [(f"{path}[{place}]", part) for place, part in enumerate(list(value)[:MOST_ITEMS])]
        if isinstance(value, set | frozenset):
            return [(f"{path}[{place}]", part) for place, part in enumerate(sorted(value, key=repr)[:MOST_ITEMS])]
        if _is_keras(value):
            return [*self._of_keras(value, path)]
        if self._ours(value):
            return [(f"{path}.{name}", part) for name, part in vars(value).items() if not name.startswith(_OWN)]
        return []

    def _of_keras(self, value: Any, path: str) -> Iterator[tuple[str, Any]]:
        """Its variables; of a class of the person's own, and of such layers in it, what they keep besides."""
        yield from ((f"{path}.variables[{place}]", part) for place, part in enumerate(value.variables))
        for part in value._flatten_layers() if hasattr(value, "_flatten_layers") else [value]:
            if self._ours(part):
                where = path if part is value else f"{path}.{part.name}"
                plain = {name: kept for name, kept in vars(part).items() if _is_plain(name, kept)}
                yield from ((f"{where}.{name}", kept) for name, kept in plain.items())


def _key(key: Any, place: int) -> str:
    """A key as every process would write it: the address in the text of an object is another in each."""
    text = repr(key)
    return f"{getattr(key, '__qualname__', type(key).__name__)} {place}" if " at 0x" in text else text


def _is_plain(name: str, value: Any) -> bool:
    """Whether an attribute of a Keras object is the person's: not private, and no variable or layer, met already."""
    return not (name.startswith("_") or _is_keras(value) or _is_keras_variable(value) or isinstance(value, tf.Variable))


def _leaf(value: Any, path: str) -> Leaf | None:
    """A leaf of what has no parts; None for what has."""
    if isinstance(value, tf.Variable) or _is_keras_variable(value):
        return replace(_tensor(value, path), variable=True)
    if tf.is_tensor(value):
        return _tensor(value, path)
    if isinstance(value, np.ndarray | np.generic):
        return _array(np.asarray(value), path, f"{value.dtype}")
    if value is None or isinstance(value, str | bytes | bool):
        return Leaf(path, type(value).__name__, repr(value)[:80])
    if isinstance(value, int | float):
        try:
            return Leaf(path, type(value).__name__, repr(value)[:80], (), np.float64(value).tobytes())
        except OverflowError:
            return Leaf(path, "int", repr(value)[:80])
    return None


def _tensor(value: Any, path: str) -> Leaf:
    if getattr(value, "dtype", None) is None or not hasattr(value, "numpy"):
        symbolic = tf.is_symbolic_tensor(value)
        return Leaf(path, type(value).__name__, "a symbolic tensor" if symbolic else "", symbolic=symbolic)
    try:
        array = np.asarray(value.numpy())
    except Exception:  # a ragged or sparse tensor, a resource, or a variable without a value
        return Leaf(path, type(value).__name__)
    return _array(array, path, getattr(value.dtype, "name", str(value.dtype)))


def _array(array: Any, path: str, dtype: str) -> Leaf:
    shape = tuple(map(int, array.shape))
    if array.dtype.kind not in "biufc" and dtype != "bfloat16":
        return Leaf(path, dtype, repr(array.tolist())[:200], shape)
    flat = array.reshape(-1)
    if array.dtype.kind == "c":
        flat = np.stack([flat.real, flat.imag], axis=1).reshape(-1)
    if flat.size > MOST_NUMBERS:
        flat = flat[np.linspace(0, flat.size - 1, MOST_NUMBERS).astype(int)]
    numbers = flat.astype(np.float64)
    text = np.array2string(array, threshold=6, precision=6, separator=", ").replace("\n", "")
    return Leaf(path, dtype, text[:80], shape, numbers.tobytes())


def _size(value: Any) -> str:
    return f"{len(value)} items" if isinstance(value, Mapping | list | tuple | deque | set | frozenset) else ""


def _is_keras(value: Any) -> bool:
    return type(value).__module__.startswith("keras.") or any(
        base.__module__.startswith("keras.") and base.__name__ in ("Layer", "Optimizer", "Metric", "Trainer")
        for base in type(value).__mro__
    )


def _is_keras_variable(value: Any) -> bool:
    return type(value).__module__.startswith("keras.") and hasattr(value, "numpy") and hasattr(value, "dtype")
