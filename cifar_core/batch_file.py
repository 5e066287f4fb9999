"""One batch file of CIFAR-10's python version: a pickled dictionary, read without running anything it may hold.

Leaves out where files lie (cifar10.py) and the pickle's own form (pickled/).
Source of the format: https://www.cs.toronto.edu/~kriz/cifar.html
"""

import gzip
import io
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from cifar_core.errors import DataError, quoted
from cifar_core.pickled.arrays import Array, Corrupt, Refused, Scalar
from cifar_core.pickled.reader import read
from cifar_core.plain_files import TooLarge, read_at_most

CLASSES = 10
VALUES = 3 * 32 * 32  # of an image
LARGEST_FILE = (
    256 * 2**20
)  # a batch with its pixels as float64, 234 MiB, is still read, so that the error can say what it is
GZIP = b"\x1f\x8b"
_PACKED = {b"BZh": "bzip2", b"\xfd7zXZ\x00": "xz", b"PK\x03\x04": "zip", b"\x28\xb5\x2f\xfd": "zstd"}
_AGAIN = "unpack the archive again"


@dataclass(frozen=True, slots=True)
class Part:
    """One batch file: `images` uint8 [n, 32, 32, 3] (RGB), `labels` int32 [n] in 0..9."""

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int32]


def parse(content: bytes, file: str) -> Part:
    """The images and labels in a batch file's bytes; `file` is its name in errors.

    Raises DataError where it is truncated, corrupt or not CIFAR-10, or asks for anything but numbers and arrays.
    """
    entries = _entries(content, file)
    try:
        images = _images(entries["data"], file)
        labels = _labels(entries["labels"], file)
    except (KeyError, Corrupt):
        raise DataError(f"{file} is not a CIFAR-10 batch: it lacks sound 'data' or 'labels'; {_AGAIN}") from None
    if labels.shape != images.shape[:1] or not len(labels):
        raise DataError(f"{file}: {len(images)} images but labels of shape {labels.shape}; {_AGAIN}")
    if labels.min() < 0 or labels.max() >= CLASSES:
        found = f"{labels.dtype} {list(labels.shape)} from {labels.min()} to {labels.max()}"
        raise DataError(f"{file}: labels must be integers in 0..{CLASSES - 1}, found {found}")
    # Stored channel by channel; a transposed view costs nothing, the batches copied out of it are NHWC.
    return Part(images.reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), labels.astype(np.int32))


def unpacked(content: bytes, file: str) -> bytes:
    """A batch file's bytes as they are, or out of gzip. Raises DataError for what is packed in another way."""
    for beginning, name in _PACKED.items():
        if content.startswith(beginning):
            raise DataError(f"{file} is compressed with {name}; unpack it, or pack it with gzip")
    if not content.startswith(GZIP):
        return content
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            return read_at_most(stream, LARGEST_FILE)
    except TooLarge:
        raise DataError(f"{file} unpacks to more than {LARGEST_FILE:,} bytes, more than a batch of CIFAR-10") from None
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{file} is gzip-compressed, and truncated or corrupt ({quoted(error)}); {_AGAIN}") from None


def _entries(content: bytes, file: str) -> dict[str, Any]:
    """The dictionary that the file holds. Python 2 wrote its keys as bytes, Python 3 may have written text."""
    try:
        entries = read(content)
    except Refused as error:
        text = f"refused to load {quoted(error)}, which no CIFAR-10 batch needs"
        raise DataError(f"{file}: {text}; {_AGAIN}") from None
    except Corrupt as error:
        raise DataError(f"{file} is truncated or corrupt ({quoted(error)}); {_AGAIN}") from None
    except MemoryError:
        raise DataError(f"{file} needs more memory than there is; free some") from None
    if not isinstance(entries, dict):
        raise DataError(f"{file} is not a CIFAR-10 batch: it holds a {type(entries).__name__}; {_AGAIN}")
    named = {key.decode("latin-1") if isinstance(key, bytes) else key: value for key, value in entries.items()}
    if "fine_labels" in named:
        raise DataError(f"{file} is CIFAR-100 (it has 'fine_labels'); type `cifar-bench data` to get CIFAR-10")
    return named


def _images(pixels: object, file: str) -> npt.NDArray[np.uint8]:
    """uint8 [n, 3072], read-only."""
    sound = isinstance(pixels, Array) and pixels.dtype.code == "u1" and pixels.shape == (*pixels.shape[:1], VALUES)
    if not isinstance(pixels, Array) or not sound:
        raise DataError(f"{file}: 'data' must be uint8 [n, {VALUES}], found {_describe(pixels)}; {_AGAIN}")
    return pixels.values().astype(np.uint8, copy=False)


def _labels(labels: object, file: str) -> npt.NDArray[np.integer]:
    """Whole numbers, from an array or a list of Python's or NumPy's numbers."""
    if isinstance(labels, Array) and labels.dtype.integer:
        return labels.values()
    found = _describe(labels)
    if isinstance(labels, list | tuple):
        numbers = [each.number() if isinstance(each, Scalar) and each.dtype.integer else each for each in labels]
        others = [number for number in numbers if type(number) is not int]
        if not others and all(abs(number) < 2**63 for number in numbers):
            return np.array(numbers, np.int64)
        if others and isinstance(others[0], list | tuple | dict):
            raise Corrupt("labels within labels")
        found = _describe(others[0]) if others else "numbers of more than 64 bits"
    raise DataError(f"{file}: labels must be integers in 0..{CLASSES - 1}, found {found}")


def _describe(value: object) -> str:
    """What was found, without what it holds: that may be anything."""
    if isinstance(value, Scalar):
        return value.dtype.name
    return str(value) if isinstance(value, Array) else type(value).__name__
