"""What a step trains on: batches that lie on the device, or batches that stream from a tf.data pipeline.

A mode feeds `step` with the values of `feed()`, whatever they are; `batch(*values)` turns them into images and labels
inside the step. Leaves out the arrays (pipeline.py).
"""

import math
import time
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import Any, Protocol

import numpy as np
import tensorflow as tf

from cifar_core.batch_file import Part
from cifar_core.pipeline import MEAN, STD, Batches, normalise
from cifar_core.recipe import Recipe

PADDING = 4  # pixels around an image before a crop of its own size: the usual augmentation of CIFAR-10


# Images float32 [batch, 32, 32, 3], labels int64 [batch], and what to drop of the units before the last layer.
Batch = tuple[Any, Any, Callable[[Any], Any]]


def keep(x: Any) -> Any:
    """X as it is."""
    return x


class Inputs(Protocol):
    """Where a step's images and labels come from."""

    signature: tuple[Any, ...]  # a tf.TensorSpec for each value
    names: tuple[str, ...]  # what each value is, in words
    no_loop: str  # why a loop inside a graph cannot take them; empty where it can
    repeats: float  # how many of its first steps' values another `feed()` is sure to give again
    period: int  # after how many steps the same values come again, and so on; 0 where they do not

    def feed(self) -> Iterator[tuple[Any, ...]]:
        """The eager tensors to call the step with, one tuple a step, without end."""

    def again(self, number: int) -> tuple[Any, ...]:
        """What `feed` gave for one of its first steps, counted from 0."""

    def at(self, step: Any) -> tuple[Any, ...]:
        """The values of a step by its number, an int64 tensor: for a loop inside a graph."""

    def batch(self, *values: Any) -> Batch:
        """What one step's values stand for."""


class Resident:
    """Batches kept as variables where the step runs; a step is fed the number of its batch."""

    names: tuple[str, ...] = ("batch number",)
    no_loop = ""
    repeats = math.inf

    def __init__(self, batches: Batches, hold: Callable[[Any], Any] = keep) -> None:
        """`hold` turns an array into the initial value of a variable."""
        self.images = tf.Variable(hold(batches.images), trainable=False, name="resident_images")
        # TensorFlow keeps an int32 variable on the host, so on a GPU every step would fetch its labels from the host.
        self.labels = tf.Variable(hold(batches.labels.astype(np.int64)), trainable=False, name="resident_labels")
        self.signature = (tf.TensorSpec([], tf.int32),)
        self.period = self._count = batches.count

    def feed(self) -> Iterator[tuple[Any, ...]]:
        return cycle([(tf.constant(index),) for index in range(self._count)])

    def again(self, number: int) -> tuple[Any, ...]:
        return (tf.constant(number % self._count),)

    def at(self, step: Any) -> tuple[Any, ...]:
        return (tf.cast(step % self._count, tf.int32),)

    def batch(self, index: Any) -> Batch:
        return tf.gather(self.images, index), tf.gather(self.labels, index), keep


class Streamed:
    """Shuffled, augmented batches of a whole training set, a pure function of the recipe's seed and the step's number.

    So every mode sees the same batches in the same order, and a training goes on from any step as if never stopped.
    Dropout's masks come along for the same reason: drawn inside a step, XLA would draw others from the same seed.
    `waited_s` is how long steps have waited for their batches so far, in seconds.
    """

    names: tuple[str, ...] = ("images", "labels", "mask")
    no_loop = ""
    repeats = math.inf
    period = 0
    waited_s = 0.0

    def __init__(self, part: Part, recipe: Recipe, units: int, first_step: int = 0) -> None:
        """`units` is the width of what goes into the model's last layer (see `ModelRow`). Not to be made in a graph."""
        self._recipe, self._units, self.first_step = recipe, units, first_step
        self._images = tf.constant(np.ascontiguousarray(part.images))
        self._labels = tf.constant(part.labels.astype(np.int64))  # as a resident batch has them
        size = recipe.batch_size
        mask = (tf.TensorSpec([size, units], tf.float32),) if recipe.dropout else ()
        self.signature = (tf.TensorSpec([size, 32, 32, 3], tf.float32), tf.TensorSpec([size], tf.int64), *mask)

    def first_images(self, count: int) -> np.ndarray:
        """The first of the training set, normalised: float32 [count, 32, 32, 3]."""
        return normalise(self._images.numpy()[:count])

    def feed(self) -> Iterator[tuple[Any, ...]]:
        batches = iter(self.dataset())
        while True:
            start = time.perf_counter()
            values = next(batches)
            self.waited_s += time.perf_counter() - start
            yield values

    def again(self, number: int) -> tuple[Any, ...]:
        values: tuple[Any, ...] = next(iter(self._from(self.first_step + number)))
        return values

    def batch(self, images: Any, labels: Any, mask: Any = None) -> Batch:
        return images, labels, keep if mask is None else lambda x: x * mask

    def dataset(self) -> Any:
        """The values from `first_step` on, as a tf.data.Dataset that prepares a few ahead."""
        return self._from(self.first_step)

    def _from(self, step: int) -> Any:
        steps = tf.data.Dataset.range(step, 2**62)
        return steps.map(self.at, num_parallel_calls=tf.data.AUTOTUNE, deterministic=True).prefetch(4)

    def at(self, step: Any) -> tuple[Any, ...]:
        rows = self._rows(step)
        chosen = (tf.cast(tf.gather(self._images, rows), tf.float32) / 255 - MEAN) / STD
        if self._recipe.augment:
            chosen = tf.where(self._plain(step), chosen, augmented(chosen, self._recipe.seed, step))
        mask = (self._mask(step),) if self._recipe.dropout else ()
        return (chosen, tf.gather(self._labels, rows), *mask)

    def _rows(self, step: Any) -> Any:
        """Which images a step takes: each epoch is a shuffle of its own, of the whole set, without a break between."""
        count, size = len(self._labels), self._recipe.batch_size
        places = step * size + tf.range(size, dtype=tf.int64)
        epochs = tf.cast(places // count, tf.int32)
        seeds = tf.stack([tf.fill([size], self._recipe.seed), epochs, tf.zeros_like(epochs)], axis=1)
        # The op under tf.random.experimental.index_shuffle, which takes one seed for all.
        last = tf.cast(count - 1, tf.int64)
        return tf.raw_ops.RandomIndexShuffle(index=places % count, seed=seeds, max_index=last)

    def _mask(self, step: Any) -> Any:
        """Zero for a dropped unit, else what keeps the sum as it was on average (Srivastava et al. 2014)."""
        kept = 1 - self._recipe.dropout
        key = tf.stack([tf.constant(self._recipe.seed, tf.int64), step]) + 2  # not the augmentation's keys
        chance = tf.random.stateless_uniform([self._recipe.batch_size, self._units], key)
        return tf.where(self._plain(step), tf.ones_like(chance), tf.cast(chance < kept, tf.float32) / kept)

    def _plain(self, step: Any) -> Any:
        """Whether the step still lies in the epochs that are neither augmented nor dropped from."""
        return step * self._recipe.batch_size < self._recipe.plain_epochs * len(self._labels)


def augmented(images: Any, seed: int, step: Any) -> Any:
    """Each image of [n, 32, 32, 3] flipped by chance and cropped from its padded self, the same for the same step."""
    count, height, width, _ = images.shape
    key = tf.stack([tf.constant(seed, tf.int64), step])
    flip = tf.random.stateless_uniform([count, 1, 1, 1], key) < 0.5
    images = tf.where(flip, images[:, :, ::-1], images)
    padded = tf.pad(images, [[0, 0], [PADDING, PADDING], [PADDING, PADDING], [0, 0]])
    corner = tf.random.stateless_uniform([count, 2], key + 1, maxval=2 * PADDING + 1, dtype=tf.int32)
    rows, columns = corner[:, :1] + tf.range(height), corner[:, 1:] + tf.range(width)
    return tf.gather(tf.gather(padded, rows, axis=1, batch_dims=1), columns, axis=2, batch_dims=1)
