"""Files of one record a line: appended when it exists, never changed.

A last line without its end was cut off by a crash, or is being written: readers skip it, the next writer cuts it.
"""

import gzip
import io
import os
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bench.errors import BenchError
from bench.records.decoding import UNREADABLE, decoded, encoded
from bench.records.files import refuse_newer, sync_folder
from cifar_core.plain_files import read_at_most, read_plain

Record = TypeVar("Record")
LARGEST = 2**30  # bytes, also of what a packed file unpacks to; the kept runs have a few million


@dataclass(frozen=True, slots=True)
class Position:
    """Where a record stands: the file and the number of its line, counted from 1."""

    file: Path
    number: int

    def __str__(self) -> str:
        return f"{self.file} line {self.number}"


def append(file: Path, record: object) -> None:
    """Write one record, and wait until it is on the disk. Raises OSError, and then leaves the file as it was."""
    left = memoryview(encoded(record) + b"\n")
    new = not file.exists()
    with file.open("ab", buffering=0) as stream:
        start = stream.seek(0, os.SEEK_END)
        try:
            while left:
                left = left[stream.write(left) :]
            os.fsync(stream.fileno())
        except OSError:
            stream.truncate(start)  # the next line must not be glued to half of this one
            raise
    if new:
        sync_folder(file.parent)


def cut_torn_line(file: Path) -> None:
    """Remove a last line that has no end. For the holder of the folder's lock alone. Raises OSError."""
    if file.exists():
        text = read_plain(file)
        if not text.endswith(b"\n"):
            os.truncate(file, text.rfind(b"\n") + 1)


def read(file: Path, kind: type[Record]) -> Iterator[tuple[Position, Record]]:
    """Every whole line; of a name that ends in .gz, unpacked. Raises BenchError for a file or a line that is broken."""
    for number, line in enumerate(whole(file), 1):
        yield Position(file, number), _decoded(line, kind, Position(file, number))


def whole(file: Path) -> list[bytes]:
    """Every whole line as it stands, without its end. Raises BenchError for a file that is broken."""
    text = _text(file)
    return text.split(b"\n")[:-1]


def _text(file: Path) -> bytes:
    try:
        packed = file.suffix == ".gz"
        text = read_plain(file, LARGEST)
        if packed and not text:
            raise EOFError("it is empty")
        return read_at_most(gzip.GzipFile(fileobj=io.BytesIO(text)), LARGEST) if packed else text
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise BenchError(f"{file} is broken ({error}); restore it from a copy") from None
    except OSError as error:
        raise BenchError(f"cannot read {file}: {error.strerror}") from None


def _decoded(line: bytes, kind: type[Record], place: Position) -> Record:
    try:
        refuse_newer(line, place)
        return decoded(line, kind)
    except UNREADABLE as error:
        raise BenchError(f"{place} is broken ({error}); restore the file from a copy, or remove that line") from None
