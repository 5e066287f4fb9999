"""Reads files and asks which exist, and remembers both, so that a later check can see whether anything has changed."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from cifar_core.plain_files import read_plain

LARGEST = 16 * 2**20  # bytes; nobody writes a larger source file


class Disk:
    """The file system as one check saw it: each file is read once, and each question is asked once.

    `unsaved` holds what an editor has in its window, by resolved path: it counts instead of the file.
    """

    def __init__(self, unsaved: Mapping[Path, bytes] | None = None) -> None:
        self._unsaved = dict(unsaved or {})
        self._contents: dict[Path, bytes | OSError] = {}
        self.existing: dict[Path, bool] = {}

    def read(self, path: Path) -> bytes:
        """The content of a file. Raises OSError where it cannot be read."""
        if path not in self._contents:
            self._contents[path] = self._content(path)
        content = self._contents[path]
        if isinstance(content, OSError):
            raise content
        return content

    def _content(self, path: Path) -> bytes | OSError:
        unsaved = self._unsaved.get(_real(path)) if self._unsaved else None
        try:
            return read_plain(path, LARGEST) if unsaved is None else unsaved
        except OSError as error:
            return error

    def is_file(self, path: Path) -> bool:
        """Is there a file of this name?"""
        if path not in self.existing:
            self.existing[path] = path.is_file() or (bool(self._unsaved) and _real(path) in self._unsaved)
        return self.existing[path]

    def digest(self, path: Path) -> str:
        """What identifies the file's content and the place it lies in; of a file that cannot be read, the reason."""
        try:
            content = self.read(path)
        except OSError as error:
            return str(error.strerror)
        return hashlib.blake2b(content, digest_size=16).hexdigest()

    def seen(self) -> tuple[Path, ...]:
        """Each file that was read, or would have been."""
        return tuple(self._contents)


def _real(path: Path) -> Path:
    """Without links; resolve() raises for one that leads to itself."""
    return Path(os.path.realpath(path))
