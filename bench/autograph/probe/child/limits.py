"""Watches the time and memory of a driver from a thread of its own."""

import threading
import time
from collections.abc import Callable

import psutil

from bench.autograph.probe.records import Limits

LOOK_S = 0.1
GRACE_S = 10.0  # the driver's thread has so long to end itself
GRACE_MEMORY = 1.25  # times the memory limit: from here on nothing is waited for


class Guard:
    """`reached` says which limit was reached; empty while none is.

    The driver's thread then ends itself at its next call of a Python function. Where it makes none, deep in
    TensorFlow's own code, `give_up` ends the process.
    """

    def __init__(self, limits: Limits, give_up: Callable[[str], None]) -> None:
        self._limits, self._give_up = limits, give_up
        self._most_bytes = limits.memory_gb * 1e9 or psutil.virtual_memory().available / 2
        self._process, self._done = psutil.Process(), threading.Event()
        self.reached = ""

    def start(self) -> None:
        """Start counting time."""
        threading.Thread(target=self._watch, args=(time.monotonic(),), daemon=True).start()

    def stop(self) -> None:
        """The driver has ended."""
        self._done.set()

    def _watch(self, started: float) -> None:
        reached_at = 0.0
        while not self._done.wait(LOOK_S):
            spent_s, used = time.monotonic() - started, self._process.memory_info().rss
            if not self.reached:
                self.reached, reached_at = self._over(spent_s, used), spent_s
            elif spent_s - reached_at > GRACE_S or used > GRACE_MEMORY * self._most_bytes:
                self._give_up(f"the driver {self.reached} (in TensorFlow's own code)")

    def _over(self, spent_s: float, used: float) -> str:
        if used > self._most_bytes:
            return f"took more than {self._most_bytes / 1e9:.3g} GB of memory"
        return f"did not end within {self._limits.seconds:g} s" if spent_s > self._limits.seconds else ""
