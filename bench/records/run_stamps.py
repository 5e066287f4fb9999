"""The run folders in a folder, each with what its files are like: another size or time, and it is read again."""

import os
from collections.abc import Iterator
from pathlib import Path

from bench.errors import BenchError
from bench.records.store import FILES_OF_FORMAT_1, MEASUREMENTS, PACKED

_READ = ("plan.json", MEASUREMENTS, PACKED, FILES_OF_FORMAT_1)


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
        inside = [(entry.path, f"{path}{entry.name}") for entry in entries if _is_folder(entry)]
    for place, name in inside:
        if stamp := _stamp(place):
            yield name, stamp
        elif deeper:
            yield from _found(place, f"{name}/", deeper=False)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir() and os.access(entry.path, os.R_OK | os.X_OK)
    except OSError:
        return False


def _stamp(folder: str) -> str:
    """'' where it is no run."""
    if not os.path.lexists(f"{folder}/plan.json"):
        return ""
    return " ".join(_file_stamp(f"{folder}/{name}") for name in _READ)


def _file_stamp(file: str) -> str:
    try:
        found = os.stat(file)
    except OSError:
        return "-"
    return f"{found.st_size}:{found.st_mtime_ns}"
