"""The workers that a fork server has forked: how each begins and ends, and with it what it has started."""

import os
import signal
import time
import traceback
import warnings
from typing import NoReturn

from bench.machine.child_end import connect
from bench.machine.keeper import LOOK_S, adopt, end_left_behind, was_stopped
from bench.worker.instruments import Instruments
from bench.worker.serve import serve

END_S = 5.0  # how long a worker that says nothing more may take to end by itself


class Forks:
    """Workers by their process ids."""

    def __init__(self, instruments: Instruments) -> None:
        self._instruments = instruments
        self._alive: dict[int, int | None] = {}  # each with a descriptor that is readable once it has ended
        self._codes: dict[int, int] = {}
        self._stopped: set[int] = set()

    def fork(self, streams: list[int]) -> int:
        """A worker on these streams; its process id."""
        with warnings.catch_warnings():
            # Python 3.12 warns of any thread. The only one is OpenBLAS', which prepares itself for forks.
            warnings.simplefilter("ignore", DeprecationWarning)
            server, pid = os.getpid(), os.fork()
        if pid == 0:
            _be_worker(server, streams, self._instruments)
        for stream in streams:
            os.close(stream)
        self._alive[pid] = _descriptor(pid)
        return pid

    def descriptors(self) -> list[int]:
        """What becomes readable when a worker ends, where the system has such descriptors."""
        return [descriptor for descriptor in self._alive.values() if descriptor is not None]

    def bury(self) -> None:
        """Note the exit codes of those that have ended, and end what they left behind: it may hold their pipes."""
        ended = [pid for pid in self._alive if self._has_ended(pid)]
        for pid in ended:
            if (descriptor := self._alive.pop(pid)) is not None:
                os.close(descriptor)
        if ended:
            end_left_behind(self._alive)

    def kill(self, pid: int) -> int:
        """End a worker that has not been waited for, so that its id is still its own."""
        if pid in self._alive:
            os.kill(pid, signal.SIGKILL)
        return pid

    def wait(self, pid: int) -> int:
        """Wait for a worker's end; its exit code. One that goes on is ended."""
        give_up = time.monotonic() + END_S
        while pid in self._alive:
            self.bury()
            if time.monotonic() > give_up:
                self.kill(pid)
            time.sleep(LOOK_S if pid in self._alive else 0.0)
        return self._codes[pid]

    def stopped(self, pid: int) -> int:
        """1 if somebody has stopped the worker for a while, else 0."""
        self.bury()
        return int(pid in self._stopped)

    def _has_ended(self, pid: int) -> bool:
        changed, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
        if changed and was_stopped(status):
            self._stopped.add(pid)
            return self._has_ended(pid)
        if changed:
            self._codes[pid] = os.waitstatus_to_exitcode(status)
        return bool(changed)


def _descriptor(pid: int) -> int | None:
    try:
        return os.pidfd_open(pid)
    except OSError:  # Linux before 5.3: what a worker leaves behind is ended when the worker is waited for
        return None


def _be_worker(server: int, streams: list[int], instruments: Instruments) -> NoReturn:
    """Never returns: what is above on the stack is the fork server's."""
    code = 1
    try:
        os.setsid()  # Ctrl-C is for the run, which then ends its workers in order
        adopt()  # what it leaves behind stays its own while it lives, so that its end is nobody else's
        for number, stream in enumerate(streams):
            os.dup2(stream, number)  # 0 was the fork server's socket
            os.close(stream)
        serve(*connect(server), instruments)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)
