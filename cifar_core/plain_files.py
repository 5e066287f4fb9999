"""Opens only plain files, and never waits: a FIFO, a device or a socket in a file's place is an error.

Opening a FIFO waits for somebody to write to it, reading a terminal for somebody to type, and a device may never end.
"""

import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO, Protocol

CHUNK = 2**20
_KINDS = (
    (stat.S_ISLNK, "it is a link, not a file"),
    (stat.S_ISDIR, "it is a folder, not a file"),
    (stat.S_ISFIFO, "it is a FIFO, not a file"),
    (stat.S_ISSOCK, "it is a socket, not a file"),
    (stat.S_ISCHR, "it is a device, not a file"),
    (stat.S_ISBLK, "it is a device, not a file"),
)


class Stream(Protocol):
    """What bytes can be read from."""

    def read(self, count: int, /) -> bytes:
        """The next bytes, at most `count`."""


class TooLarge(OSError):
    """A file, or what it unpacks to, is larger than the reader accepts."""


def open_plain(path: str | os.PathLike[str]) -> BinaryIO:
    """The plain file, opened to be read as bytes. Raises OSError, whose strerror names what else it is."""
    _refuse_special(os.stat(path), path)  # before it is opened: opening a device may already do something
    descriptor = os.open(path, os.O_RDONLY | _flags())
    try:
        _refuse_special(os.fstat(descriptor), path)  # it may have been replaced meanwhile
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


def open_draft(path: str | os.PathLike[str]) -> BinaryIO:
    """A plain file, emptied or new, opened to be written. Raises OSError, also for a FIFO, a device or a link."""
    return _open_to_write(path, os.O_TRUNC)


def open_more(path: str | os.PathLike[str]) -> BinaryIO:
    """A plain file, opened to be written at its end. Raises OSError, also for a FIFO, a device or a link."""
    return _open_to_write(path, os.O_APPEND)


def _open_to_write(path: str | os.PathLike[str], how: int) -> BinaryIO:
    if os.path.lexists(path):
        _refuse_special(os.lstat(path), path)
    flags = os.O_WRONLY | os.O_CREAT | how | getattr(os, "O_NOFOLLOW", 0) | _flags()
    return os.fdopen(os.open(path, flags, 0o666), "ab" if how == os.O_APPEND else "wb")


def refuse_special(path: str | os.PathLike[str]) -> None:
    """Raises OSError if something that is not a plain file stands at `path`."""
    if os.path.lexists(path):
        _refuse_special(os.stat(path), path)


def read_plain(path: str | os.PathLike[str], most: int | None = None) -> bytes:
    """All that a plain file holds. Raises OSError, and TooLarge for a file of more than `most` bytes."""
    with open_plain(path) as stream:
        size = os.fstat(stream.fileno()).st_size
        if most is not None and size > most:  # a sparse file costs nothing to make, and everything to read
            raise TooLarge(errno.EFBIG, f"it holds {size:,} bytes, more than {most:,}", os.fspath(path))
        return stream.read()


def read_at_most(stream: Stream, most: int) -> bytes:
    """All that is left in the stream. Raises TooLarge after `most` bytes, whatever the stream says of its length."""
    content = bytearray()
    while chunk := stream.read(min(CHUNK, most + 1 - len(content))):
        content += chunk
        if len(content) > most:
            raise TooLarge(errno.EFBIG, f"it holds more than {most:,} bytes")
    return bytes(content)


def exists(path: Path) -> bool:
    """Whether anything is there, a broken link included: reading that is an error, not an absence."""
    return os.path.lexists(path)


def _refuse_special(found: os.stat_result, path: str | os.PathLike[str]) -> None:
    if stat.S_ISREG(found.st_mode):
        return
    reason = next((text for is_kind, text in _KINDS if is_kind(found.st_mode)), "it is not a file")
    raise OSError(errno.EISDIR if stat.S_ISDIR(found.st_mode) else errno.EINVAL, reason, os.fspath(path))


def _flags() -> int:
    return getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
