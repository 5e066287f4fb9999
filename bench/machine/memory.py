"""How much memory this process may have: the machine's, or less where a control group (a container, a job) allows less.

Both versions of Linux' control groups are read; the limits of the groups around a process' own hold for it as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT, OWN = Path("/sys/fs/cgroup"), Path("/proc/self/cgroup")
NO_LIMIT = 2**60  # version 1 says a number about as large as this instead of "max"


@dataclass(frozen=True, slots=True)
class _Group:
    """A control group's limit and use in bytes. Files that were read and can be read again do not count as use."""

    limit: int
    used: int


def total_bytes(root: Path = ROOT, own: Path = OWN) -> int:
    """What this process, and those beside it in its group, may have in all."""
    return min([int(psutil.virtual_memory().total), *(group.limit for group in _limiting(root, own))])


def available_bytes(root: Path = ROOT, own: Path = OWN) -> int:
    """What can still be had."""
    left = (max(0, group.limit - group.used) for group in _limiting(root, own))
    return min([int(psutil.virtual_memory().available), *left])


def _limiting(root: Path, own: Path) -> Iterator[_Group]:
    """The groups with a limit, from this process' own up to the root; none where there are no control groups."""
    try:
        lines = own.read_text().splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            names = ("memory.max", "memory.current", "inactive_file")
            yield from _up(root, path, names)
        elif "memory" in controllers.split(","):
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
            yield from _up(root / "memory", path, names)


def _up(root: Path, path: str, names: tuple[str, str, str]) -> Iterator[_Group]:
    """A path that is not there is another namespace's: then the root is this process' own."""
    inner = root / path.strip("/")
    folder = inner if inner.is_dir() and inner.resolve().is_relative_to(root.resolve()) else root
    while True:
        limit, used = _number(folder / names[0]), _number(folder / names[1])
        if limit is not None and limit < NO_LIMIT:
            yield _Group(limit, max(0, (used or 0) - _cached(folder / "memory.stat", names[2])))
        if folder == root:
            return
        folder = folder.parent


def _number(file: Path) -> int | None:
    try:
        return int(file.read_text())
    except (OSError, ValueError):  # "max" is not a number
        return None


def _cached(file: Path, name: str) -> int:
    try:
        rows = dict(line.split(maxsplit=1) for line in file.read_text().splitlines())
        return int(rows.get(name, 0))
    except (OSError, ValueError):
        return 0
