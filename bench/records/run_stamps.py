"""The run folders in a folder, each with what its files are like: another size or time, and it is read again."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from bench.errors import BenchError
from bench.records.store import FILES_OF_FORMAT_1, MEASUREMENTS, PACKED

_RAW = (MEASUREMENTS, PACKED, FILES_OF_FORMAT_1)
_NOTHING = "-"


def run_stamps(folder: Path) -> dict[str, str]:
    """Of each run in the folder, or in a folder in it: its path from there, and the sizes and times of its files.

    Raises BenchError where the folder cannot be listed.
    """
    try:
        return dict(sorted(_found(str(folder), "", deeper=True)))
    except OSError as error:
        raise BenchError(f"cannot read {folder}: {error.strerror}") from None


def _found(folder: str, path: str, deeper: bool) -> Iterator[tuple[str, str]]:
    with os.scandir(folder) as entries:
        inside = [(entry.path, f"{path}{entry.name}") for entry in entries if entry.is_dir()]
    for place, name in inside:
        plan = _file_stamp(f"{place}/plan.json")
        if plan != _NOTHING:
            yield name, " ".join([plan, *(_file_stamp(f"{place}/{raw}") for raw in _RAW)])
        elif deeper:
            with suppress(OSError):  # a folder that must not be listed is not ours
                yield from _found(place, f"{name}/", deeper=False)


def _file_stamp(file: str) -> str:
    try:
        found = os.lstat(file)  # a link that leads nowhere is there, and an error once it is read
    except OSError:
        return _NOTHING
    if stat.S_ISLNK(found.st_mode):
        with suppress(OSError):
            found = os.stat(file)
    return f"{found.st_size}:{found.st_mtime_ns}"
