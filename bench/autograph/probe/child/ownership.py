"""Whose code a file is, as a probe sees it: the person's, or a library's. Paths only; no TensorFlow."""

import sysconfig
from functools import cache
from pathlib import Path

from bench.autograph.source.files import INSTALLED


class UserProject:
    """A person's project, known by a file of it: what lies in its folder, without environments that lie there too.

    Where packages are installed beside the file itself, it is that file alone.
    """

    def __init__(self, file: Path) -> None:
        file = file.resolve()
        self._home = file if file.parent.name in INSTALLED else file.parent

    def has(self, file: str) -> bool:
        """Does the file lie in the project?"""
        return _resolved(file).is_relative_to(self._home) and not self.library(file)

    def library(self, file: str) -> bool:
        """Is the file Python's, or of an installed package other than the project itself?"""
        place, below, homes = _resolved(file), Path(file), _homes()
        if place.is_relative_to(self._home):
            below, homes = place.relative_to(self._home), tuple(one for one in homes if self._home in one.parents)
        return any(part in INSTALLED for part in below.parts) or any(place.is_relative_to(home) for home in homes)


@cache
def _homes() -> tuple[Path, ...]:
    """Where this Python keeps its own modules and those that are installed."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    return tuple(dict.fromkeys(Path(sysconfig.get_path(name)).resolve() for name in names))


@cache
def _resolved(file: str) -> Path:
    return Path(file).resolve()
