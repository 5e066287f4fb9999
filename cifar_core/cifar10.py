"""The python version of CIFAR-10: find the folder or the archive, check its files, read them.

Leaves out one file's format (batch_file.py), downloading (archive.py) and the synthetic images (synthetic.py).
"""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cifar_core import batch_file, synthetic, tarball
from cifar_core.batch_file import Part
from cifar_core.errors import DataError
from cifar_core.places import FOLDER_NAME, OFFICIAL_MD5, advice_for, locate, names_in
from cifar_core.plain_files import read_plain

CLASS_NAMES = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
TRAIN_PARTS = tuple(f"data_batch_{number}" for number in range(1, 6))
TEST_PART = "test_batch"
FOLDER_VARIABLE = "CIFAR10_DIR"

Announce = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Source:
    """Where images come from. `name` identifies the content; `place`, as typed, is None for synthetic CIFAR-10."""

    name: str
    title: str
    place: str | None
    train_images: int

    @property
    def synthetic(self) -> bool:
        """True for synthetic CIFAR-10: whatever is measured on it must be labelled so."""
        return self.place is None

    def read(self, part: str) -> Part:
        """The images and labels of one part (a name of TRAIN_PARTS, or TEST_PART). Raises DataError."""
        if self.place is None:
            return Part(*synthetic.make(seed=(*TRAIN_PARTS, TEST_PART).index(part)))
        place = Path(self.place)
        content = _from_folder(place, part) if os.path.isdir(place) else _from_archive(place, part)
        return batch_file.parse(content, f"{self.place}/{part}")


SYNTHETIC = Source("synthetic", "synthetic CIFAR-10 (not real images)", None, 5 * synthetic.COUNT)


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

    `auto` takes the first prepared folder of `default_folders()` and falls back to synthetic CIFAR-10.
    """
    if data == "synthetic":
        return SYNTHETIC
    if data != "auto":
        return inspect(Path(data))
    prepared = [folder for folder in default_folders() if os.path.isdir(folder)]
    return inspect(prepared[0]) if prepared else SYNTHETIC


def default_folders() -> list[Path]:
    """Where `--data auto` looks, in order: $CIFAR10_DIR, ./data, the user's cache."""
    named = os.environ.get(FOLDER_VARIABLE)
    cache = Path(os.path.expanduser(os.environ.get("XDG_CACHE_HOME") or "~/.cache")) / "cifar-bench"
    return [*([Path(named)] if named else []), Path("data") / FOLDER_NAME, cache / FOLDER_NAME]


def inspect(place: Path) -> Source:
    """The folder of batch files, or the archive, as a Source with every file read and checked. Raises DataError.

    An unofficial copy (other MD5 sums than the official files') is accepted and named as such, with its own digest.
    """
    place = locate(place)
    digests, train_images = dict[str, str](), 0
    for part, content in _contents(place):
        digests[part] = hashlib.md5(content, usedforsecurity=False).hexdigest()
        images = len(batch_file.parse(content, f"{place}/{part}").labels)
        train_images += images if part in TRAIN_PARTS else 0
    if digests == OFFICIAL_MD5:
        return Source("cifar10", "CIFAR-10 (official files, MD5 checked)", str(place), train_images)
    in_order = "".join(digests[part] for part in OFFICIAL_MD5)
    digest = hashlib.md5(in_order.encode(), usedforsecurity=False).hexdigest()[:8]
    title = f"unofficial copy of CIFAR-10 (MD5 sums differ from the archive's; copy {digest})"
    return Source(f"cifar10-copy-{digest}", title, str(place), train_images)


def _contents(place: Path) -> Iterator[tuple[str, bytes]]:
    """Each batch file of the folder or archive `place`, with its bytes, in the order in which they lie there."""
    if os.path.isdir(place):
        yield from ((part, _from_folder(place, part)) for part in OFFICIAL_MD5)
        return
    found, others = set[str](), set[str]()
    for member in tarball.members(place):
        part = member.path.name
        if member.path.parts != (FOLDER_NAME, part) or part not in OFFICIAL_MD5:
            others.add(member.path.parts[0] if member.path.parts else "")
            continue
        if part in found:
            raise DataError(f"{place} holds {part} twice; give an archive with one of each")
        found.add(part)
        yield part, _of_member(place, member)
    for part in OFFICIAL_MD5:
        if part not in found:
            raise DataError(f"{place} has no file {FOLDER_NAME}/{part}; {advice_for(part, others)}")


def _from_folder(folder: Path, part: str) -> bytes:
    try:
        content = read_plain(folder / part, batch_file.LARGEST_FILE)
    except FileNotFoundError:
        raise DataError(f"{folder} has no file {part}; {advice_for(part, names_in(folder))}") from None
    except OSError as error:
        raise DataError(f"cannot read {folder}/{part}: {error.strerror or error}") from None
    return batch_file.unpacked(content, f"{folder}/{part}")


def _from_archive(archive: Path, part: str) -> bytes:
    for member in tarball.members(archive):
        if member.path.parts == (FOLDER_NAME, part):
            return _of_member(archive, member)
    raise DataError(f"{archive} has no file {FOLDER_NAME}/{part}; {advice_for(part, set())}")


def _of_member(archive: Path, member: tarball.Member) -> bytes:
    member.refuse_unless_file()
    return batch_file.unpacked(member.read(), f"{archive}/{member.path.name}")
