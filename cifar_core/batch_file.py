"""One batch file of CIFAR-10's python version: a pickled dictionary, loaded without running anything it may hold.

Leaves out where files lie (cifar10.py). Source of the format: https://www.cs.toronto.edu/~kriz/cifar.html
"""

import io
import pickle
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cifar_core.errors import DataError

CLASSES = 10
# All that a pickled NumPy array needs, under its names before and after NumPy 2.
SAFE_GLOBALS = frozenset(
    (module, name)
    for module in ("numpy", "numpy.core.multiarray", "numpy._core.multiarray")
    for name in ("ndarray", "dtype", "_reconstruct")
)


@dataclass(frozen=True, slots=True)
class Part:
    """One batch file: `images` uint8 [n, 32, 32, 3] (RGB), `labels` int32 [n] in 0..9."""

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int32]


def parse(content: bytes, file: str) -> Part:
    """The images and labels in a batch file's bytes; `file` is its name in errors.

    Raises DataError where it is truncated, corrupt or not CIFAR-10, or asks for anything but arrays.
    """
    entries = _unpickle(content, file)
    try:
        pixels, labels = entries[b"data"], np.asarray(entries[b"labels"])
    except (KeyError, TypeError, ValueError):
        raise DataError(
            f"{file} is no CIFAR-10 batch: it lacks sound 'data' or 'labels'; unpack the archive again"
        ) from None
    if getattr(pixels, "dtype", None) != np.uint8 or pixels.ndim != 2 or pixels.shape[1] != 3 * 32 * 32:
        raise DataError(f"{file}: 'data' must be uint8 [n, 3072], found {_describe(pixels)}; unpack the archive again")
    if labels.shape != pixels.shape[:1] or not len(labels):
        raise DataError(f"{file}: {len(pixels)} images but labels of shape {labels.shape}; unpack the archive again")
    if not np.issubdtype(labels.dtype, np.integer) or labels.min() < 0 or labels.max() >= CLASSES:
        raise DataError(f"{file}: labels must be integers in 0..{CLASSES - 1}, found {_describe(labels)}")
    # Stored channel by channel; a transposed view costs nothing, the batches copied out of it are NHWC.
    return Part(pixels.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), labels.astype(np.int32))


class _ArrayUnpickler(pickle.Unpickler):
    """A pickle may run any code; this one loads NumPy arrays and refuses every other global by name."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in SAFE_GLOBALS:
            raise pickle.UnpicklingError(f"refused to load {module}.{name}, which no CIFAR-10 batch needs")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


def _unpickle(content: bytes, file: str) -> Any:
    try:
        return _ArrayUnpickler(io.BytesIO(content), encoding="bytes").load()
    except Exception as error:  # a damaged pickle may raise nearly anything
        reason = str(error) or type(error).__name__
        raise DataError(f"{file} is truncated or corrupt ({reason}); unpack the archive again") from None


def _describe(array: Any) -> str:
    shape = getattr(array, "shape", None)
    if shape is None:
        return type(array).__name__
    numbers = np.issubdtype(array.dtype, np.integer) and array.size
    return f"{array.dtype} {list(shape)}" + (f" from {array.min()} to {array.max()}" if numbers else "")
