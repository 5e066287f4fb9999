"""What comes back from another machine: written apart, put in its place whole, never half, never twice.

    .draft-NAME/      being written; worth nothing, removed by whoever comes next
    .arrived-NAME/    complete and on the disk; its folders are moved to their places, now or by whoever comes next

Whoever calls these holds the folder's lock.
"""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from bench.errors import BenchError
from bench.records.files import sync_folder
from bench.records.paths import inside

DRAFT, ARRIVED = ".draft-", ".arrived-"
DEPTH = 2  # machines/<name>, trainings/<mode>-s<seed>: what is moved as one


def take(folder: Path, name: str, files: Mapping[str, bytes]) -> None:
    """Put the files in their places under the folder, by their paths from there. Raises BenchError where it cannot.

    Where this fails nothing of them stands in the folder, or all of it does once `settle` was called.
    """
    draft = folder / f"{DRAFT}{name}"
    try:
        shutil.rmtree(draft, ignore_errors=True)
        for path, content in files.items():
            _write(draft, _checked(path), content)
        for place in (*filter(Path.is_dir, draft.rglob("*")), draft):
            sync_folder(place)
        os.rename(draft, folder / f"{ARRIVED}{name}")
        sync_folder(folder)
    except OSError as error:
        shutil.rmtree(draft, ignore_errors=True)
        raise BenchError(
            f"cannot write to {folder}: {error.strerror}; make room, then go on with the same --resume and --on"
        ) from None
    settle(folder)


def settle(folder: Path) -> None:
    """Move what has arrived to its place, and remove what was cut short. Raises BenchError where it cannot."""
    try:
        for draft in folder.glob(f"{DRAFT}*"):
            shutil.rmtree(draft)
        for arrived in sorted(folder.glob(f"{ARRIVED}*")):
            for place in sorted(arrived.glob("/".join("*" * DEPTH))):
                _move(place, inside(folder, folder / place.relative_to(arrived)))
            shutil.rmtree(arrived)
        sync_folder(folder)
    except OSError as error:
        raise BenchError(f"cannot write to {folder}: {error.strerror}; make it writable, then --resume it") from None


def _checked(path: str) -> PurePosixPath:
    """Raises BenchError for a path that is not ours: it would lie elsewhere."""
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts or len(parts.parts) <= DEPTH:
        raise BenchError(f"a machine sent a file that has no place here: {path!r}; nothing of it was kept")
    return parts


def _write(draft: Path, path: PurePosixPath, content: bytes) -> None:
    file = draft / path
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _move(place: Path, target: Path) -> None:
    """What was there is an earlier try of the same, and goes."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(target, ignore_errors=True)
    os.rename(place, target)
    sync_folder(target.parent)
