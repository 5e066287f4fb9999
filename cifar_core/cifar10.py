"""The python version of CIFAR-10: find the folder, check it, read its batch files safely.

Leaves out the synthetic images (lookalike.py) and everything after the arrays (pipeline.py).
Source of the format and the files: https://www.cs.toronto.edu/~kriz/cifar.html
"""

import hashlib
import os
import pickle
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from cifar_core import lookalike

CLASSES = 10
TRAIN_PARTS = tuple(f"data_batch_{number}" for number in range(1, 6))
TEST_PART = "test_batch"
FOLDER_NAME = "cifar-10-batches-py"
FOLDER_VARIABLE = "CIFAR10_DIR"
OFFICIAL_MD5 = {
    "data_batch_1": "c99cafc152244af753f735de768cd75f",
    "data_batch_2": "d4bba439e000b95fd0a9bffe97cbabec",
    "data_batch_3": "54ebc095f3ab1f0389bbae665268c751",
    "data_batch_4": "634d18415352ddfa80567beed471001a",
    "data_batch_5": "482c414d41f54cd18b22e5b47cb7c3cb",
    "test_batch": "40351d587109b95175f43aff81a1287e",
}
# All that a pickled NumPy array needs, under its names before and after NumPy 2.
SAFE_GLOBALS = frozenset(
    (module, name)
    for module in ("numpy", "numpy.core.multiarray", "numpy._core.multiarray")
    for name in ("ndarray", "dtype", "_reconstruct")
)


class DataError(Exception):
    """The images asked for are not there or not sound; the text says which file, what is wrong, what to type."""


@dataclass(frozen=True, slots=True)
class Part:
    """One batch file: `images` uint8 [n, 32, 32, 3] (RGB), `labels` int32 [n] in 0..9."""

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Source:
    """Where images come from. `name` identifies the content; `folder`, as typed, is None for the look-alike."""

    name: str
    title: str
    folder: str | None
    train_images: int

    @property
    def synthetic(self) -> bool:
        """True for the look-alike: whatever is measured on it must be labelled so."""
        return self.folder is None

    def read(self, part: str) -> Part:
        """The images and labels of one part (a name of TRAIN_PARTS, or TEST_PART). Raises DataError."""
        if self.folder is None:
            return Part(*lookalike.make(seed=(*TRAIN_PARTS, TEST_PART).index(part)))
        return read_batch(Path(self.folder) / part)


SYNTHETIC = Source("synthetic", "synthetic look-alike of CIFAR-10 (not real images)", None, 5 * lookalike.COUNT)


def find(data: str) -> Source:
    """The source that `data` names: `auto`, `synthetic`, or a folder. Checks every file; raises DataError.

    `auto` takes the first prepared folder of `default_folders()` and falls back to the look-alike.
    """
    if data == "synthetic":
        return SYNTHETIC
    if data != "auto":
        return inspect(Path(data))
    prepared = [folder for folder in default_folders() if folder.is_dir()]
    return inspect(prepared[0]) if prepared else SYNTHETIC


def default_folders() -> list[Path]:
    """Where `--data auto` looks, in order: $CIFAR10_DIR, ./data, the user's cache."""
    named = os.environ.get(FOLDER_VARIABLE)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "cifar-bench"
    return [*([Path(named)] if named else []), Path("data") / FOLDER_NAME, cache / FOLDER_NAME]


def inspect(folder: Path) -> Source:
    """The folder of batch files as a Source, every file read and checked. Raises DataError on the first fault.

    An unofficial copy (other MD5 sums than the archive's) is accepted and named as such, with a digest of its own.
    """
    if not folder.is_dir():
        raise DataError(f"no data folder {folder}; give the folder that holds {FOLDER_NAME}, or --data synthetic")
    inner = folder / FOLDER_NAME
    folder = inner if inner.is_dir() else folder
    digests = {part: md5(folder / part) for part in OFFICIAL_MD5}
    train_images = sum(len(read_batch(folder / part).labels) for part in TRAIN_PARTS)
    read_batch(folder / TEST_PART)
    if digests == OFFICIAL_MD5:
        return Source("cifar10", "CIFAR-10 (official files, MD5 checked)", str(folder), train_images)
    digest = hashlib.md5("".join(digests.values()).encode(), usedforsecurity=False).hexdigest()[:8]
    title = f"unofficial copy of CIFAR-10 (MD5 sums differ from the archive's; copy {digest})"
    return Source(f"cifar10-copy-{digest}", title, str(folder), train_images)


def md5(file: Path) -> str:
    """The MD5 sum of a batch file, in hex. Raises DataError where it cannot be read."""
    try:
        return hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest()
    except FileNotFoundError:
        raise DataError(f"{file.parent} has no file {file.name}; it needs {', '.join(OFFICIAL_MD5)}") from None
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror}") from None


def read_batch(file: Path) -> Part:
    """One batch file, checked. Raises DataError where it is missing, truncated, corrupt or not CIFAR-10."""
    entries = _unpickle(file)
    try:
        pixels, labels = entries[b"data"], np.asarray(entries[b"labels"])
    except (KeyError, TypeError):
        raise DataError(f"{file} is no CIFAR-10 batch: it lacks 'data' or 'labels'; unpack the archive again") from None
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


def _unpickle(file: Path) -> Any:
    try:
        with file.open("rb") as stream:
            return _ArrayUnpickler(stream, encoding="bytes").load()
    except FileNotFoundError:
        raise DataError(f"{file.parent} has no file {file.name}; it needs {', '.join(OFFICIAL_MD5)}") from None
    except OSError as error:
        raise DataError(f"cannot read {file}: {error.strerror}") from None
    except Exception as error:  # a damaged pickle may raise nearly anything
        reason = str(error) or type(error).__name__
        raise DataError(f"{file} is truncated or corrupt ({reason}); unpack the archive again") from None


def _describe(array: Any) -> str:
    shape = getattr(array, "shape", None)
    if shape is None:
        return type(array).__name__
    numbers = np.issubdtype(array.dtype, np.integer) and array.size
    return f"{array.dtype} {list(shape)}" + (f" from {array.min()} to {array.max()}" if numbers else "")
