"""Synthetic CIFAR-10: images of the same form, for machines without the data. Leaves out real files (cifar10.py).

Made to be learnable but not easy: each image blends a shifted prototype of its own class with one of another class
and adds noise. Where the other class dominates, no model can decide: that keeps accuracy under 100 %.
"""

import numpy as np
import numpy.typing as npt

COUNT = 10_000  # images a part, as in the official batch files
_CLASSES, _PROTOTYPES, _SHIFTS = 10, 6, 8
_SHARES = np.linspace(0.44, 0.80, 8)  # how much of an image its own class gets
_NOISE_BITS = 6  # uniform noise of 0..63 gray levels


def make(seed: int, count: int = COUNT) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int32]]:
    """`count` images uint8 [count, 32, 32, 3] and labels int32 [count]; the same for the same seed.

    Every part shares the prototypes, so that a model trained on one part is tested fairly on another.
    """
    rng = np.random.default_rng([20_090_408, seed])
    labels = rng.integers(_CLASSES, size=count)
    others = (labels + rng.integers(1, _CLASSES, size=count)) % _CLASSES
    level = rng.integers(len(_SHARES), size=count)
    own, other = _blends()
    images = own[(level, labels, *_pick(rng, count))]
    images += other[(level, others, *_pick(rng, count))]
    images += np.frombuffer(rng.bytes(images.size), np.uint8).reshape(images.shape) >> (8 - _NOISE_BITS)
    return images, labels.astype(np.int32)


def _pick(rng: np.random.Generator, count: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    return rng.integers(_PROTOTYPES, size=count), rng.integers(_SHIFTS, size=count)


def _blends() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Prototypes already weighted, uint8 [level, class, prototype, shift, 32, 32, 3]: an image is two look-ups."""
    rng = np.random.default_rng(20_090_408)
    coarse = rng.uniform(size=(_CLASSES, _PROTOTYPES, 8, 8, 3))
    fields = np.repeat(np.repeat(coarse, 4, axis=2), 4, axis=3)
    moves = rng.integers(-6, 7, size=(_SHIFTS, 2))
    shifted = np.stack([np.roll(fields, tuple(move), axis=(2, 3)) for move in moves], axis=2)
    room = 255 - (2**_NOISE_BITS - 1)
    weights = _SHARES.reshape(-1, 1, 1, 1, 1, 1, 1)
    return (weights * shifted * room).astype(np.uint8), ((1 - weights) * shifted * room).astype(np.uint8)
