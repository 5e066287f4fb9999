"""The batches that a person's own model brings along: pairs (inputs, labels) of whatever goes into its step.

For a step of their own a batch may be anything.

A list is turned into tensors once; anything else is iterated again whenever it ends, and that is timed. NumPy
arrays become tensors (float64 as float32, for that is what layers compute in); tensors and Python values stay as they
are. Leaves out CIFAR-10's own batches (inputs.py).
"""

import math
from collections.abc import Callable, Iterable, Iterator
from itertools import cycle, islice
from typing import Any

import numpy as np
import tensorflow as tf

from cifar_core.errors import ModelError
from cifar_core.inputs import Batch, keep

DIGESTED = 8  # batches that are compared byte for byte between modes
_FROM_PYTHON = "its own batches come from Python one by one; a loop in a graph needs a list of batches of one shape"
_UNLIKE = "its own batches differ in shape or hold Python values; a loop in a graph needs tensors of one shape"


class OwnBatches:
    """What `batch(batch_size, seed)` gives, as inputs of a step. Not to be made in a graph. Raises ModelError."""

    names: tuple[str, ...] = ("inputs", "labels")

    def __init__(self, make: Callable[[], Iterable[Any]], pairs: bool = True) -> None:
        """`pairs`: whether each batch must be a pair."""
        self._make, self._values = make, _pair if pairs else _values
        self._bare = False  # whether a batch is no tuple, but one value
        made = make()
        self._held = [self._taken(item) for item in made] if isinstance(made, list | tuple) else None
        first = self._held if self._held is not None else [self._taken(item) for item in islice(made, DIGESTED)]
        if not first:
            raise ModelError("its batch() gave no batch; it must give one or more pairs (inputs, labels)")
        self.signature: tuple[Any, ...] = _specs(first[0])
        self._open = tf.nest.map_structure(_common, *map(_specs, first))
        if len(self.signature) != len(self.names):
            self.names = ("batch",) if self._bare else tuple(f"batch[{place}]" for place in range(len(first[0])))
        self._stacked = _stacked(self._held or [])
        self.no_loop = "" if self._stacked is not None else _FROM_PYTHON if self._held is None else _UNLIKE
        self.repeats = math.inf if self._held else DIGESTED
        self.period = len(self._held or ())
        self._given = list[tuple[Any, ...]]()  # the first ones, where Python makes them one by one

    def arrays(self) -> list[Any]:
        """The first batches' arrays, by whose bytes two modes' batches are compared."""
        leaves = tf.nest.flatten(list(islice(self._once(), DIGESTED)))
        arrays = [np.asarray(leaf) for leaf in leaves]
        return [array.astype("S") if array.dtype == object else array for array in arrays]

    def feed(self) -> Iterator[tuple[Any, ...]]:
        """The pairs to call the step with, without end.

        Where Python makes them one by one, a later feed gives the first ones as they were given before.
        """
        if self._held:
            yield from cycle(self._held)
        for number, pair in enumerate(self._made_anew()):
            if number < DIGESTED and number == len(self._given):
                self._given.append(pair)
            yield self._given[number] if number < len(self._given) else pair

    def _made_anew(self) -> Iterator[tuple[Any, ...]]:
        while True:
            empty = True
            for pair in self._once():
                empty = False
                yield pair
            if empty:
                raise ModelError("its batch() gave the same used-up iterator again; it must give a new one each time")

    def again(self, number: int) -> tuple[Any, ...]:
        """Kept from the feed: a generator that was made again need not give the same."""
        return self._held[number % len(self._held)] if self._held else self._given[number]

    def _once(self) -> Iterator[tuple[Any, ...]]:
        return iter(self._held) if self._held else map(self._taken, self._make())

    def _taken(self, item: Any) -> tuple[Any, ...]:
        self._bare = not isinstance(item, list | tuple)
        return self._values(item)

    def item(self, *values: Any) -> Any:
        """A batch as it was given, of its values."""
        return values[0] if self._bare else values

    def batch(self, inputs: Any, labels: Any) -> Batch:
        return inputs, labels, keep

    def at(self, step: Any) -> tuple[Any, ...]:
        """The pair of a step by its number; only where `no_loop` is empty."""
        count = len(self._held or ())
        pair: tuple[Any, ...] = tf.nest.map_structure(lambda parts: tf.gather(parts, step % count), self._stacked)
        return pair

    def dataset(self) -> Any:
        """The batches as a tf.data.Dataset without end."""
        if self._stacked is not None:
            return tf.data.Dataset.from_tensor_slices(self.item(*self._stacked)).repeat()
        specs = tf.nest.map_structure(_any, self._open)
        return tf.data.Dataset.from_generator(
            lambda: (self.item(*v) for v in self.feed()), output_signature=self.item(*specs)
        )


def _stacked(held: list[tuple[Any, ...]]) -> Any:
    """All pairs as one, each tensor with the pairs' number before its own shape; None where they are not alike."""
    if not held or not all(map(tf.is_tensor, tf.nest.flatten(held))):
        return None
    if any(_specs(pair) != _specs(held[0]) for pair in held):
        return None
    return tf.nest.map_structure(lambda *parts: tf.stack(parts), *held)


def _pair(item: Any) -> tuple[Any, ...]:
    if not isinstance(item, list | tuple) or len(item) != 2:
        raise ModelError(f"its batch() must give pairs (inputs, labels), it gave {type(item).__name__}")
    return tuple(tf.nest.map_structure(_tensor, tuple(item)))


def _values(item: Any) -> tuple[Any, ...]:
    parts = tuple(item) if isinstance(item, list | tuple) else (item,)
    return tuple(tf.nest.map_structure(_tensor, parts))


def _common(*specs: Any) -> Any:
    """One spec for several batches: a length in which they differ is open."""
    if not all(isinstance(spec, tf.TensorSpec) and spec.shape.rank == specs[0].shape.rank for spec in specs):
        return specs[0]
    lengths = [set(each) for each in zip(*(spec.shape.as_list() for spec in specs), strict=True)]
    return tf.TensorSpec([min(each) if len(each) == 1 else None for each in lengths], specs[0].dtype)


def _tensor(leaf: Any) -> Any:
    if not isinstance(leaf, np.ndarray | np.generic):
        return leaf
    return tf.constant(leaf, tf.float32 if leaf.dtype == np.float64 else None)


def _specs(pair: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(tf.nest.map_structure(lambda x: tf.TensorSpec(x.shape, x.dtype) if tf.is_tensor(x) else x, pair))


def _any(spec: Any) -> Any:
    """A spec for batches of any size, as the last one may be smaller."""
    spec = spec if isinstance(spec, tf.TensorSpec) else tf.TensorSpec((), tf.convert_to_tensor(spec).dtype)
    return tf.TensorSpec([None, *spec.shape[1:]] if spec.shape.rank else [], spec.dtype)
