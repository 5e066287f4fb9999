"""One record, one file: written all or nothing, read with one clear line for what is wrong; new folders."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from bench.errors import BenchError
from bench.records.decoding import UNREADABLE, decoded, formatted
from bench.records.run import FORMAT
from cifar_core.plain_files import read_plain, refuse_special

Record = TypeVar("Record")
LARGEST = 2**28  # bytes; a record has a few thousand
UNFINISHED = {"lock", "plan.tmp"}  # what a run leaves that could not be begun


@contextmanager
def new_folder(folder: Path, advice: str, again: str = "") -> Iterator[None]:
    """A folder to be filled in the with-block, made where there is none. Raises BenchError where that cannot be done.

    What lies in it stays, unless it holds the file `again`, and no run: then it is filled again.
    """
    try:
        held = {file.name for file in folder.iterdir()} - UNFINISHED if folder.is_dir() else set()
        if held and (again not in held or "plan.json" in held):
            raise BenchError(f"{folder} holds {'another run' if 'plan.json' in held else 'other files'}; {advice}")
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else error
        raise BenchError(f"cannot write to {folder}: {reason}; give another --out") from None


def write(file: Path, record: object) -> None:
    """Write a record as JSON, all or nothing: a reader, or a crash, never sees half a file. Raises OSError.

    It carries a checksum (checksum.py).
    """
    draft = file.with_suffix(".tmp")
    refuse_special(draft)  # a FIFO would wait for a reader
    with draft.open("wb") as stream:
        stream.write(formatted(record))
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(draft, file)
    sync_folder(file.parent)


def sync_folder(folder: Path) -> None:
    """Wait until the folder's list of files is on the disk, where the system can. Raises OSError."""
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def read(file: Path, kind: type[Record], advice: str = "restore it from a copy") -> Record:
    """The record that a file holds. Raises BenchError where it cannot be read, is broken or of a newer format."""
    try:
        text = read_plain(file, LARGEST)
        refuse_newer(text, file)
        return decoded(text, kind)
    except OSError as error:
        raise BenchError(f"cannot read {file}: {error.strerror}") from None
    except UNREADABLE as error:
        raise BenchError(f"{file} is broken ({error}); {advice}") from None


def refuse_newer(text: bytes, place: object) -> None:
    """Raises BenchError for a record of a format that this version does not know, DecodeError for no record at all."""
    found = msgspec.json.decode(text, type=dict[str, msgspec.Raw]).get("format")
    digits = bytes(found or b"")
    if digits.isdigit() and (len(digits) > 9 or int(digits) > FORMAT):
        raise BenchError(
            f"{place} has format {digits[:9].decode()}, this version reads up to {FORMAT}; update cifar-bench"
        )
