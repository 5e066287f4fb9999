"""The lock of a machine: only one command of a user times at a time; another one waits.

The kernel keeps the lock (flock(2)) and releases it when its holder ends, however it ends. The file says who holds it.
Without such locks (Windows) every command times at once.
"""

import contextlib
import os
import shlex
import stat
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import msgspec

from bench.errors import BenchError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

OFF = "CIFAR_BENCH_NO_LOCK"  # set to 1, for tests that time nothing
FOLDER = "XDG_RUNTIME_DIR"
LONGEST = 100  # of a command's words, in what a waiting person reads


@dataclass(frozen=True, slots=True)
class LockHolder:
    """The command that holds the lock."""

    pid: int
    command: str


class HostLock:
    """Held inside a with-block, which may be entered again and again: once for each block that is timed.

    `say` gets a line that names the command this one waits for. Without `waits`, BenchError is raised instead.
    """

    def __init__(self, say: Callable[[str], None], waits: bool = True, advice: str = "") -> None:
        """`advice`: what to type when another command held the lock, besides leaving out --no-wait."""
        self._say, self._waits, self._advice = say, waits, advice
        self._descriptor, self._said = -1, ""

    def __enter__(self) -> "HostLock":
        """Raises BenchError if another command holds the lock and this one must not wait, or for a foreign file."""
        if fcntl and os.environ.get(OFF) != "1":
            self._descriptor = self._taken(place())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._descriptor >= 0:
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)  # a child may not have closed it yet
            os.close(self._descriptor)
            self._descriptor = -1

    def ask(self) -> None:
        """Without `waits`: raises BenchError if another command holds the lock now. Before anything is written."""
        if not self._waits:
            with self:
                pass

    def _taken(self, file: Path) -> int:
        """The descriptor that holds the lock; -1 where such locks do not exist, which is reported once."""
        try:
            descriptor = _opened(file)
        except OSError as error:
            return self._without(file, error)
        try:
            self._lock(descriptor)
            _introduce(descriptor)
        except OSError as error:
            os.close(descriptor)
            return self._without(file, error)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _lock(self, descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(descriptor)
            if not self._waits:
                raise BenchError(f"{holder} is timing on this machine; {self._what_next()}") from None
            self._say_once(f"waiting for {holder}, which is timing on this machine; --no-wait ends instead")
            fcntl.flock(descriptor, fcntl.LOCK_EX)

    def _what_next(self) -> str:
        return f"wait until it has ended, or leave out --no-wait{self._advice}"

    def _without(self, file: Path, error: OSError) -> int:
        self._say_once(f"warning: {file} cannot be locked ({error.strerror}): time nothing else on this machine now")
        return -1

    def _say_once(self, text: str) -> None:
        if text != self._said:
            self._said = text
            self._say(text)


def place() -> Path:
    """The lock's file: in the user's runtime folder, else one of the user's own in the folder of temporary files."""
    folder = os.environ.get(FOLDER, "")
    if os.path.isabs(folder) and _is_mine(folder):
        return Path(folder) / "cifar-bench.lock"
    return Path(tempfile.gettempdir()) / f"cifar-bench-{os.getuid()}.lock"


def _is_mine(folder: str) -> bool:
    try:
        return os.stat(folder).st_uid == os.getuid() and os.access(folder, os.W_OK | os.X_OK)
    except OSError:
        return False


def _opened(file: Path) -> int:
    """Raises BenchError for what is not a file of the user's own: in a shared folder anybody may have put it there."""
    flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    with contextlib.suppress(FileNotFoundError):
        _refuse_foreign(file, os.lstat(file))
    descriptor = os.open(file, flags, 0o600)
    try:
        _refuse_foreign(file, os.fstat(descriptor))
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def _refuse_foreign(file: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.getuid() or found.st_nlink != 1:
        raise BenchError(
            f"{file} is not this user's own file, so it cannot be the lock of the machine; remove it, or set {FOLDER} "
            "to a folder of yours"
        )


def _introduce(descriptor: int) -> None:
    words = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, msgspec.json.encode(LockHolder(os.getpid(), words[:LONGEST])), 0)


def _holder(descriptor: int) -> str:
    try:
        timing = msgspec.json.decode(os.pread(descriptor, 4096, 0), type=LockHolder)
    except (OSError, msgspec.DecodeError):  # it has just taken the lock
        return "another command"
    return f"process {timing.pid} ({''.join(filter(str.isprintable, timing.command))})"
