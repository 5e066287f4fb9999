"""The keeper: runs one program, exits with its code, and ends every process that the program leaves behind.

Run as a file, with the standard library alone, on Linux only:

    python -I -S keeper.py PARENT STATUS TEMPORARY COMMAND...

Every process that the program leaves behind comes back to the keeper, whatever session or group it has moved to: the
keeper is their subreaper (prctl(2), PR_SET_CHILD_SUBREAPER). It ends them all when the program ends, when PARENT (a
process id) asks for that with END, and when PARENT dies. STATUS is a descriptor: a byte for each time that somebody
stopped the program (SIGSTOP). TEMPORARY is the folder for the program's temporary files, which goes with it; '' where
it has none of its own.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import sys
import time
from collections.abc import Collection
from pathlib import Path
from typing import NoReturn

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_CHILD_SUBREAPER = 1, 4, 36  # prctl(2)
END = getattr(signal, "SIGUSR1", signal.SIGTERM)  # not SIGTERM: schedulers send that to every process they see
PATIENCE_S = 5.0  # with processes that SIGKILL does not end: those of another user, or deep in a broken driver
LOOK_S = 0.01
NOT_FOUND = 127  # as a shell ends where there is no such program


def main() -> NoReturn:
    """Keep the program of the command line, and end as it has ended."""
    parent, status, temporary, *command = sys.argv[1:]
    code = keep(int(parent), int(status), command)
    end_left_behind()
    if temporary:  # here too, for PARENT may be dead
        shutil.rmtree(temporary, ignore_errors=True)
    _end_as(code)


def keep(parent: int, status: int, command: list[str]) -> int:
    """Run the program until it ends or is to end; its exit code, negative for a signal."""
    adopt()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)  # may be inherited as ignored: then nothing could be waited for
    heard = {signal.SIGCHLD, END}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {*heard, signal.SIGINT, signal.SIGTERM, signal.SIGHUP})
    die_with(parent, END)
    keeper, program = os.getpid(), os.fork()
    if not program:
        _become(command, keeper, status, before)
    _let_go_of_pipes()
    while True:
        while (changed := os.waitpid(-1, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)) != (0, 0):
            if changed[0] == program and was_stopped(changed[1]):
                _note(status)
            elif changed[0] == program:
                return os.waitstatus_to_exitcode(changed[1])
        if signal.sigwait(heard) == END:
            return -signal.SIGKILL


def was_stopped(change: int) -> bool:
    """Whether this status of waitpid(2) means that a process was stopped, or continued."""
    return os.WIFSTOPPED(change) or os.WIFCONTINUED(change)


def adopt() -> None:
    """From now on, processes that its children leave behind become this process' children."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)


def die_with(parent: int | None, number: int = signal.SIGKILL) -> None:
    """Get this signal when the parent dies, at once if it is dead already. None: whoever the parent is."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
    if parent is not None and os.getppid() != parent:
        os.kill(os.getpid(), number)


def end_left_behind(kept: Collection[int] = ()) -> None:
    """End every child except those kept, and what they leave behind, until there is none."""
    give_up = time.monotonic() + PATIENCE_S
    while (left := children() - {*kept}) and time.monotonic() < give_up:
        for pid in left:
            _end(pid)
        time.sleep(LOOK_S)


def _end(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, os.WNOHANG)
    except (ProcessLookupError, PermissionError, ChildProcessError):
        return


def children() -> set[int]:
    """The process ids of this process' children, those included that have ended and were not waited for."""
    mine = os.getpid()
    return {int(place.name) for place in Path("/proc").glob("[0-9]*") if _parent(place) == mine}


def _parent(place: Path) -> int:
    try:
        return int((place / "stat").read_bytes().rpartition(b")")[2].split()[1])
    except (OSError, IndexError):  # it ended meanwhile
        return 0


def _become(command: list[str], keeper: int, status: int, mask: Collection[int]) -> NoReturn:
    """In the fork: the program itself, which dies with its keeper."""
    try:
        os.set_inheritable(status, False)
        die_with(keeper)
        for number in (signal.SIGPIPE, signal.SIGXFSZ):  # Python ignores them; a program expects the default
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        os.execvp(command[0], command)  # noqa: S606 - the program that was asked for, and no shell
    except OSError as error:
        sys.stderr.write(f"{command[0]}: {error.strerror}\n")
        sys.stderr.flush()
    finally:
        os._exit(NOT_FOUND)


def _note(status: int) -> None:
    os.set_blocking(status, False)
    with contextlib.suppress(OSError):  # nobody has read of so many, or nobody reads any more
        os.write(status, b"s")


def _let_go_of_pipes() -> None:
    """Hold neither end of the program's pipes: who reads from it must notice when it has ended."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nothing, number)


def _end_as(code: int) -> NoReturn:
    """End with this code, or of this signal, without a second core file."""
    if code < 0:
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0)
        if -code not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        os.kill(os.getpid(), -code)
    os._exit(code if code >= 0 else 1)


if __name__ == "__main__":
    main()
