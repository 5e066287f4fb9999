"""Arrays -> batches for training. Here: resident batches, prepared once and kept where the step runs."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from cifar_core.batch_file import Part
from cifar_core.cifar10 import TRAIN_PARTS, Source, join
from cifar_core.errors import DataError

# Per-channel mean and standard deviation of the official training set, on the scale 0..1.
MEAN = np.array([0.4914, 0.4822, 0.4465], np.float32)
STD = np.array([0.2470, 0.2435, 0.2616], np.float32)
RESIDENT_BATCHES = 8  # enough that no step sees the batch of the step before; small enough to stay resident


@dataclass(frozen=True, slots=True)
class Batches:
    """`images` float32 [count, batch, 32, 32, 3], normalised; `labels` int32 [count, batch]."""

    images: npt.NDArray[np.float32]
    labels: npt.NDArray[np.int32]

    @property
    def count(self) -> int:
        """How many batches there are before they repeat."""
        return len(self.labels)


def normalise(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """uint8 [..., 3] -> float32 of the same shape, zero mean and unit variance per channel on CIFAR-10."""
    return (images.astype(np.float32) / np.float32(255) - MEAN) / STD


def resident(source: Source, batch_size: int, seed: int, count: int = RESIDENT_BATCHES) -> Batches:
    """`count` batches drawn without replacement in a seeded order (fewer where the data hold fewer).

    Reads only as many parts as the batches need. Raises DataError where one batch exceeds the data.
    """
    if batch_size > source.train_images:
        raise DataError(f"batch size {batch_size} exceeds the {source.train_images} training images; take fewer")
    count = min(count, source.train_images // batch_size)
    part = _enough(source, count * batch_size)
    rows = np.random.default_rng(seed).permutation(len(part.labels))[: count * batch_size]
    images = normalise(part.images[rows]).reshape(count, batch_size, 32, 32, 3)
    return Batches(images, part.labels[rows].reshape(count, batch_size))


def _enough(source: Source, wanted: int) -> Part:
    parts: list[Part] = []
    for name in TRAIN_PARTS:
        parts.append(source.read(name))
        if sum(len(part.labels) for part in parts) >= wanted:
            break
    return join(parts)
