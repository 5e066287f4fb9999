"""The files in an archive of CIFAR-10, read in one pass; its headers are never trusted.

Sizes, links and devices are checked before a byte of them is read; headers, and all that comes out of the
compression, are bounded; links are never followed.
"""

import bz2
import errno
import gzip
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from cifar_core.batch_file import LARGEST_FILE
from cifar_core.errors import DataError, quoted
from cifar_core.plain_files import TooLarge, open_plain, read_at_most

LARGEST_UNPACKED = 2**30  # five times what CIFAR-10 unpacks to
LARGEST_HEADERS = 2**20  # bytes: those of two thousand files
_COMPRESSIONS: dict[bytes, Callable[[BinaryIO], object]] = {
    b"\x1f\x8b": lambda raw: gzip.GzipFile(fileobj=raw),
    b"BZh": bz2.BZ2File,
    b"\xfd7zXZ\x00": lzma.LZMAFile,
}
_BROKEN = (tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, ValueError, OverflowError)


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the archive, or what else it holds; `read` gives a file's bytes, until the next member is asked for."""

    path: PurePosixPath
    kind: str
    size: int
    read: Callable[[], bytes]

    def refuse_unless_file(self) -> None:
        """Raises DataError for a link, a device, a sparse file, and one that is too large for CIFAR-10."""
        if self.kind != "file":
            raise DataError(
                f"refused to unpack '{quoted(self.path)}' from the archive: it is a {self.kind}, not a file"
            )
        if self.size > LARGEST_FILE:
            name = quoted(self.path)
            raise DataError(f"refused to unpack '{name}': {self.size:,} bytes are more than CIFAR-10 has")


def members(archive: Path) -> Iterator[Member]:
    """Every member, in the archive's order. Raises DataError if it is not an archive, truncated, corrupt or a bomb."""
    with (
        _clear_errors(archive),
        open_plain(archive) as raw,
        _unpacked(raw) as stream,
        _opened(archive, stream) as tar,
    ):
        for info in tar:
            if info.size < 0:
                raise tarfile.ReadError("a file of a negative size")
            yield Member(PurePosixPath(info.name), _kind(info), info.size, _reader(archive, stream, info))


def _opened(archive: Path, stream: BinaryIO) -> tarfile.TarFile:
    """Raises DataError where its first bytes are of no archive of this kind: of a zip file, a page, nothing."""
    try:
        return tarfile.open(fileobj=cast(BinaryIO, _Headers(stream)), mode="r:")
    except tarfile.ReadError:
        raise DataError(f"{archive} is not a CIFAR-10 archive; get it: cifar-bench data --out data") from None


def _reader(archive: Path, stream: BinaryIO, info: tarfile.TarInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        with _clear_errors(archive):
            stream.seek(info.offset_data)
            content = read_at_most(_Limited(stream, info.size), LARGEST_FILE)
            if len(content) < info.size:
                raise EOFError("a file ends early")
            return content

    return read


def _kind(info: tarfile.TarInfo) -> str:
    if info.issparse():
        return "sparse file"
    if info.isreg():
        return "file"
    kinds = {tarfile.DIRTYPE: "folder", tarfile.SYMTYPE: "link", tarfile.LNKTYPE: "link", tarfile.FIFOTYPE: "FIFO"}
    return kinds.get(info.type, "device")


@contextmanager
def _clear_errors(archive: Path) -> Iterator[None]:
    try:
        yield
    except TooLarge as error:
        raise DataError(f"{archive} is not a CIFAR-10 archive: {error.strerror}") from None
    except RecursionError:  # tarfile calls itself for each header that only introduces the next
        raise DataError(f"{archive} is not a CIFAR-10 archive: its headers are nested too deeply") from None
    except (gzip.BadGzipFile, *_BROKEN) as error:
        reason = f"is not a CIFAR-10 archive, or a truncated or corrupt one ({quoted(error)})"
        raise DataError(f"{archive} {reason}; delete it and download it again") from None
    except MemoryError:
        raise DataError(f"{archive} needs more memory than there is; free some, or unpack it") from None
    except OSError as error:
        raise DataError(f"cannot read {archive}: {quoted(error.strerror or error)}") from None


@contextmanager
def _unpacked(raw: BinaryIO) -> Iterator[BinaryIO]:
    """The archive out of its compression, which its first bytes name."""
    beginning = raw.read(max(map(len, _COMPRESSIONS)))
    raw.seek(0)
    for magic, opened in _COMPRESSIONS.items():
        if beginning.startswith(magic):
            with cast(BinaryIO, opened(raw)) as stream:
                yield stream
            return
    yield raw


class _Limited:
    """At most `left` bytes of a stream."""

    def __init__(self, stream: BinaryIO, left: int) -> None:
        self._stream, self._left = stream, left

    def read(self, count: int) -> bytes:
        """The next bytes, as many as there are up to `count`."""
        chunk = self._stream.read(min(count, self._left))
        self._left -= len(chunk)
        return chunk


class _Headers:
    """The archive as tarfile reads it: headers only, only forward, within a limit."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._at, self._read = stream, 0, 0

    def read(self, count: int) -> bytes:
        """The next bytes of headers. Raises TooLarge for more headers than an archive of CIFAR-10 has."""
        self._read += count
        if self._read > LARGEST_HEADERS:
            raise TooLarge(errno.EFBIG, "its headers are too large")
        self._stream.seek(self._at)  # a file may have been read in between
        chunk = self._stream.read(count)
        self._at += len(chunk)
        return chunk

    def seek(self, place: int) -> None:
        """Skip a file. Raises TooLarge for a place that CIFAR-10's archive does not have."""
        if place > LARGEST_UNPACKED:
            raise TooLarge(errno.EFBIG, f"it unpacks to more than {LARGEST_UNPACKED:,} bytes")
        if place < self._at - 1:  # tarfile reads a file's last byte, to see that it is there
            raise tarfile.ReadError("a header leads backwards")
        self._at = place

    def tell(self) -> int:
        return self._at
