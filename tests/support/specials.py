"""What may lie in a file's place and is not a file, and a bound for tests that would otherwise wait for it for ever."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

KINDS = {  # kind -> what an error says of it
    "fifo": "it is a FIFO, not a file",
    "device": "it is a device, not a file",
    "terminal": "it is a device, not a file",
    "loop": "Too many levels of symbolic links",
    "dangling": "No such file or directory",
    "folder": "it is a folder, not a file",
    "sparse": "it holds 1,099,511,627,776 bytes, more than",
}


class Waited(BaseException):
    """Something was waited for; not an Exception, which what is tested could take for an error of a file."""


def put(kind: str, file: Path) -> None:
    """Put it in the file's place."""
    file.unlink(missing_ok=True)
    if kind == "fifo":
        os.mkfifo(file)
    elif kind == "folder":
        file.mkdir()
    elif kind == "sparse":
        file.touch()
        os.truncate(file, 2**40)
    else:
        file.symlink_to({"device": "/dev/zero", "terminal": "/dev/tty", "loop": file.name, "dangling": "gone"}[kind])


@contextmanager
def no_waiting(seconds: int = 60) -> Iterator[None]:
    """Raises Waited in the with-block where it waits for as long as nothing here takes."""

    def late(*_: object) -> None:
        raise Waited

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
