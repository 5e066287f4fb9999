"""Flattens a value into leaves that can be compared across processes: tensors, arrays, numbers, attributes."""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import tensorflow as tf

from bench.autograph.probe.records import Leaf

MOST_NUMBERS = 4096  # of an array that are kept, evenly spaced
MOST_ITEMS = 50  # of a list or a dict
MOST_LEAVES = 2000
DEEPEST = 6
_FRAMEWORK_ATTRIBUTES = (
    "_self_",
    "_tf_",
    "_obj_reference",
    "_name",
    "_keras",
    "_tracker",
)  # prefixes; TensorFlow and Keras add them


def leaves(value: Any, path: str, is_users: Callable[[Any], bool]) -> tuple[Leaf, ...]:
    """The leaves of a value. The attributes of an object are included where `is_users(object)` is true."""
    collected = list[Leaf]()
    for leaf in _LeafWalk(is_users).leaves(value, path, 0):
        collected.append(leaf)
        if len(collected) >= MOST_LEAVES:
            break
    return tuple(collected)


class _LeafWalk:
    """Visits each object once, so that cycles end."""

    def __init__(self, is_users: Callable[[Any], bool]) -> None:
        self._is_users = is_users
        self._visited = dict[int, Any]()  # keeps the objects alive: an id may be used again

    def leaves(self, value: Any, path: str, depth: int) -> Iterator[Leaf]:
        """The leaves of a value. Reading it may run the user's code; what fails in it is a leaf that says so."""
        try:
            yield from self._leaves(value, path, depth)
        except Exception as error:
            yield Leaf(path, type(value).__name__, f"cannot be read: {type(error).__name__}")

    def _leaves(self, value: Any, path: str, depth: int) -> Iterator[Leaf]:
        if (leaf := _leaf(value, path)) is not None:
            yield leaf
            return
        if id(value) in self._visited or depth > DEEPEST:
            return
        self._visited[id(value)] = value
        items = self._parts(value, path)
        yield Leaf(path, type(value).__name__, _size(value))
        for item_path, item in items:
            yield from self.leaves(item, item_path, depth + 1)

    def _parts(self, value: Any, path: str) -> list[tuple[str, Any]]:
        if isinstance(value, Mapping):
            keys = list(value)[:MOST_ITEMS]
            return [(f"{path}[{_key(key, position)}]", value[key]) for position, key in enumerate(keys)]
        if isinstance(value, list | tuple | deque):
            return [(f"{path}[{position}]", item) for position, item in enumerate(list(value)[:MOST_ITEMS])]
        if isinstance(value, set | frozenset):
            return [(f"{path}[{position}]", item) for position, item in enumerate(sorted(value, key=repr)[:MOST_ITEMS])]
        if _is_keras(value):
            return [*self._of_keras(value, path)]
        if self._is_users(value):
            return [
                (f"{path}.{name}", item)
                for name, item in vars(value).items()
                if not name.startswith(_FRAMEWORK_ATTRIBUTES)
            ]
        return []

    def _of_keras(self, value: Any, path: str) -> Iterator[tuple[str, Any]]:
        """The variables; and the other attributes of the object and its layers, where the user wrote the class.

        Of an object that has none, such as the History that `fit` returns, its plain attributes.
        """
        if not hasattr(value, "variables"):
            plain = {name: held for name, held in getattr(value, "__dict__", {}).items() if _is_plain(name, held)}
            yield from ((f"{path}.{name}", held) for name, held in plain.items())
            return
        yield from ((f"{path}.variables[{position}]", variable) for position, variable in enumerate(value.variables))
        for layer in value._flatten_layers() if hasattr(value, "_flatten_layers") else [value]:
            if self._is_users(layer):
                layer_path = path if layer is value else f"{path}.{layer.name}"
                plain = {name: held for name, held in vars(layer).items() if _is_plain(name, held)}
                yield from ((f"{layer_path}.{name}", held) for name, held in plain.items())


def _key(key: Any, position: int) -> str:
    """A key as text that is the same in every process: without the address of an object."""
    text = repr(key)
    return f"{getattr(key, '__qualname__', type(key).__name__)} {position}" if " at 0x" in text else text


def _is_plain(name: str, value: Any) -> bool:
    """Is an attribute of a Keras object the user's? Public, and no variable or layer: those are visited anyway."""
    return not (name.startswith("_") or _is_keras(value) or _is_keras_variable(value) or isinstance(value, tf.Variable))


def _leaf(value: Any, path: str) -> Leaf | None:
    """The leaf of a value without parts; None for a value with parts."""
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
