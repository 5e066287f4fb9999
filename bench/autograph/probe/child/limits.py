"""Watches the time and memory of a driver from a thread of its own."""

import ctypes
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType

import psutil

from bench.autograph.probe.records import Limits
from bench.machine.memory import available_bytes

LOOK_S = 0.1
PATIENCE_S = 1.0  # the driver's thread has so long to end itself at a call of a Python function
GRACE_S = 10.0  # and so long until the process is ended
GRACE_MEMORY = 1.25  # times the memory limit: from here on nothing is waited for


class LimitReached(BaseException):
    """A limit was reached. No Exception, so that the user's code does not catch it. May have no text."""


class Guard:
    """`reached` says which limit was reached; empty while none is.

    The driver's thread then ends itself at its next call of a Python function. Where it makes none, as in a loop,
    LimitReached is raised in it; where it is deep in TensorFlow's own code, `give_up` ends the process. `place` says
    where in the user's code a frame is.
    """

    def __init__(
        self,
        limits: Limits,
        give_up: Callable[[str], None],
        place: Callable[[FrameType | None], str] = lambda frame: "",
    ) -> None:
        self._limits, self._give_up, self.place = limits, give_up, place
        self._most_bytes = limits.memory_gb * 1e9 or available_bytes() / 2
        self._process, self._done = psutil.Process(), threading.Event()
        self.reached = ""

    def start(self) -> None:
        """Start counting the time of the thread that calls this."""
        words = time.monotonic(), threading.get_ident()
        threading.Thread(target=self._watch, args=words, daemon=True).start()

    def stop(self) -> None:
        """The driver has ended."""
        self._done.set()

    def _watch(self, started: float, driver: int) -> None:
        reached_at, interrupted = 0.0, False
        while not self._done.wait(LOOK_S):
            spent_s, used = time.monotonic() - started, self._process.memory_info().rss
            if not self.reached:
                self.reached, reached_at = self._over(spent_s, used), spent_s
            elif spent_s - reached_at > GRACE_S or used > GRACE_MEMORY * self._most_bytes:
                self._give_up(f"the driver {self.reached} ({self._where(driver)})")
            elif spent_s - reached_at > PATIENCE_S and not interrupted:
                interrupted = True
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(driver), ctypes.py_object(LimitReached))

    def _where(self, driver: int) -> str:
        place = self.place(sys._current_frames().get(driver))
        return f"in TensorFlow's own code, called at {place}" if place else "in TensorFlow's own code"

    def _over(self, spent_s: float, used: float) -> str:
        if used > self._most_bytes:
            return f"took more than {self._most_bytes / 1e9:.3g} GB of memory"
        return f"did not end within {self._limits.seconds:g} s" if spent_s > self._limits.seconds else ""
