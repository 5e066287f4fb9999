"""Distinguishes the files of the user's project from those of libraries, by their paths."""

import sysconfig
from functools import cache
from pathlib import Path

from bench.autograph.source.files import INSTALLED


class UserProject:
    """The user's project: the folder of the given file, without Python environments in it.

    Where the file is among installed packages, the project is that file alone.
    """

    def __init__(self, file: Path) -> None:
        file = file.resolve()
        self._home = file if file.parent.name in INSTALLED else file.parent

    def contains(self, file: str) -> bool:
        """Is the file in the project?"""
        return _resolved(file).is_relative_to(self._home) and not self.is_library(file)

    def is_library(self, file: str) -> bool:
        """Is the file part of Python, or of an installed package other than the project itself?"""
        resolved, within, homes = _resolved(file), Path(file), _homes()
        if resolved.is_relative_to(self._home):
            within = resolved.relative_to(self._home)
            homes = tuple(home for home in homes if self._home in home.parents)
        return any(part in INSTALLED for part in within.parts) or any(resolved.is_relative_to(home) for home in homes)


@cache
def _homes() -> tuple[Path, ...]:
    """The folders of the standard library and of installed packages."""
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    return tuple(dict.fromkeys(Path(sysconfig.get_path(name)).resolve() for name in names))


@cache
def _resolved(file: str) -> Path:
    return Path(file).resolve()
