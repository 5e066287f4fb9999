"""The lock of a folder: one process at a time may write to it.

The file `lock` says who holds it. Where the system has flock(2), the kernel keeps the lock and lets it go when the
process ends, however it ends; elsewhere the file itself is the lock.
"""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from types import TracebackType

import msgspec

from bench.errors import BenchError
from cifar_core.plain_files import read_plain

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

FILE = "lock"
NO_LINK = getattr(os, "O_NOFOLLOW", 0)  # a link in its place would have another file cut to nothing


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that holds a lock; `start` in UTC."""

    pid: int
    host: str
    start: str


class Lock:
    """A lock that is held until `release`. `warning` says why it protects nothing, if the filesystem has no locks."""

    def __init__(self, folder: Path) -> None:
        """Raises BenchError where another process holds it, or the folder cannot be written."""
        self._file, self.warning, self._descriptor, self._pid = folder / FILE, "", -1, os.getpid()
        try:
            self._descriptor = self._flocked(folder) if fcntl else self._created(folder)
            os.ftruncate(self._descriptor, 0)
            os.write(self._descriptor, msgspec.json.encode(_myself()) + b"\n")
        except OSError as error:
            self.release()
            raise BenchError(f"cannot write to {folder}: {error.strerror}; make room, or make it writable") from None

    def __enter__(self) -> "Lock":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def release(self) -> None:
        """Let it go. May be called again. A forked copy of this process lets nothing go."""
        if self._descriptor < 0 or self._pid != os.getpid():
            return
        mine = _same_file(self._descriptor, self._file)
        if not fcntl:  # an open file cannot be removed on Windows
            os.close(self._descriptor)
        if mine:
            self._file.unlink()
        if fcntl:  # removed before it is unlocked, so that nobody locks a file that is about to go
            os.close(self._descriptor)
        self._descriptor = -1

    def _flocked(self, folder: Path) -> int:
        while True:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT | NO_LINK | getattr(os, "O_CLOEXEC", 0), 0o644)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except (BlockingIOError, PermissionError):
                os.close(descriptor)
                raise _taken(folder) from None
            except OSError as error:
                self.warning = f"{folder} cannot be locked ({error.strerror}): do not write to it from two processes"
            if _same_file(descriptor, self._file):
                return descriptor
            os.close(descriptor)  # its holder removed the file while this process opened it: try the new one

    def _created(self, folder: Path) -> int:
        try:
            return os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
        except FileExistsError:
            raise _taken(folder, f"; if that process is gone, remove {self._file}") from None


def _myself() -> Holder:
    return Holder(os.getpid(), socket.gethostname(), datetime.now(timezone.utc).isoformat(timespec="seconds"))


def _same_file(descriptor: int, file: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(descriptor), file.stat())
    except OSError:  # it was removed, or the folder is gone
        return False


def _taken(folder: Path, advice: str = "") -> BenchError:
    try:
        holder = msgspec.json.decode(read_plain(folder / FILE), type=Holder)
        who = f"process {holder.pid} on {holder.host}, since {holder.start}"
    except (OSError, msgspec.DecodeError):
        who = "another process"
    return BenchError(f"{folder} is being written by {who}; wait until it has ended, or give another folder{advice}")
