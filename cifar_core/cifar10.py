"""The python version of CIFAR-10: find the folder or the archive, check its files, read them.

Leaves out one file's format (batch_file.py), downloading (archive.py) and the synthetic images (lookalike.py).
"""

import hashlib
import os
import tarfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cifar_core import batch_file, lookalike
from cifar_core.batch_file import Part
from cifar_core.errors import DataError

CLASS_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
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

Announce = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Source:
    """Where images come from. `name` identifies the content; `place`, as typed, is None for the look-alike."""

    name: str
    title: str
    place: str | None
    train_images: int

    @property
    def synthetic(self) -> bool:
        """True for the look-alike: whatever is measured on it must be labelled so."""
        return self.place is None

    def read(self, part: str) -> Part:
        """The images and labels of one part (a name of TRAIN_PARTS, or TEST_PART). Raises DataError."""
        if self.place is None:
            return Part(*lookalike.make(seed=(*TRAIN_PARTS, TEST_PART).index(part)))
        return batch_file.parse(_content(Path(self.place), part), f"{self.place}/{part}")


SYNTHETIC = Source("synthetic", "synthetic look-alike of CIFAR-10 (not real images)", None, 5 * lookalike.COUNT)


@dataclass(frozen=True, slots=True)
class Dataset:
    """The whole set: `train` (50,000 images in the official one) and `test` (10,000)."""

    train: Part
    test: Part


def load(source: Source, announce: Announce = lambda text: None) -> Dataset:
    """Every part of a source, each announced before it is loaded. Raises DataError."""
    parts = []
    for name in (*TRAIN_PARTS, TEST_PART):
        announce(f"loading {source.place or source.name}/{name}")
        parts.append(source.read(name))
    *train, test = parts
    return Dataset(join(train), test)


def join(parts: list[Part]) -> Part:
    """The parts' images and labels one after the other."""
    if len(parts) == 1:
        return parts[0]
    return Part(np.concatenate([part.images for part in parts]), np.concatenate([part.labels for part in parts]))


def find(data: str) -> Source:
    """The source that `data` names: `auto`, `synthetic`, a folder or the archive. Checks every file; raises DataError.

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


def inspect(place: Path) -> Source:
    """The folder of batch files, or the archive, as a Source with every file read and checked. Raises DataError.

    An unofficial copy (other MD5 sums than the official files') is accepted and named as such, with its own digest.
    """
    if not os.path.exists(place):  # Path.exists raises where a folder may not be read
        raise DataError(f"no data folder {place}; type `cifar-bench data --out data` to get one, or --data synthetic")
    if os.path.isdir(place / FOLDER_NAME):
        place = place / FOLDER_NAME
    digests, train_images = {}, 0
    for part in OFFICIAL_MD5:
        content = _content(place, part)
        digests[part] = hashlib.md5(content, usedforsecurity=False).hexdigest()
        images = len(batch_file.parse(content, f"{place}/{part}").labels)
        train_images += images if part in TRAIN_PARTS else 0
    if digests == OFFICIAL_MD5:
        return Source("cifar10", "CIFAR-10 (official files, MD5 checked)", str(place), train_images)
    digest = hashlib.md5("".join(digests.values()).encode(), usedforsecurity=False).hexdigest()[:8]
    title = f"unofficial copy of CIFAR-10 (MD5 sums differ from the archive's; copy {digest})"
    return Source(f"cifar10-copy-{digest}", title, str(place), train_images)


def _content(place: Path, part: str) -> bytes:
    """The bytes of a batch file in the folder or archive `place`."""
    try:
        return (place / part).read_bytes() if os.path.isdir(place) else _from_archive(place, part)
    except (FileNotFoundError, KeyError):
        raise DataError(f"{place} has no file {part}; it needs {', '.join(OFFICIAL_MD5)}") from None
    except OSError as error:
        raise DataError(f"cannot read {place}/{part}: {error.strerror or error}") from None
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise DataError(f"{place} is no archive of CIFAR-10, or a truncated one ({error}); download it again") from None


def _from_archive(archive: Path, part: str) -> bytes:
    with tarfile.open(archive) as tar:
        stream = tar.extractfile(f"{FOLDER_NAME}/{part}")
        if stream is None:
            raise KeyError(part)
        return stream.read()
