"""Says what is going on where nothing else is said for a while: a line on stderr, and again every ten seconds."""

import os
import sys
import threading
import time
from types import TracebackType

from bench.commands.streams import say
from bench.runner.eta import duration

EVERY_S = 10.0
PATIENCE = "CIFAR_BENCH_SLOW_S"  # other seconds, for tests that compare all that is said


class Heartbeat:
    """A thread that sleeps until it is due. `first_s`: seconds before it speaks for the first time."""

    def __init__(self, text: str = "", first_s: float = EVERY_S) -> None:
        patience = os.environ.get(PATIENCE)
        self._first_s, self._every_s = (float(patience), float(patience)) if patience else (first_s, EVERY_S)
        self._text, self._since, self._ended = text, time.monotonic(), False
        self._due = self._since + self._first_s
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._changed:
            self._ended = True
            self._changed.notify()
        self._thread.join()

    def say(self, text: str) -> None:
        """Say it now, and again while nothing else is said."""
        say(f"{text} ...", sys.stderr)
        self.expect(text)

    def expect(self, text: str) -> None:
        """It is going on from now on; something was just said of it."""
        with self._changed:
            self._text, self._since = text, time.monotonic()
            self._due = self._since + self._every_s
            self._changed.notify()

    def _beat(self) -> None:
        with self._changed:
            while not self._ended:
                left = self._due - time.monotonic() if self._text else None
                if left is not None and left <= 0:
                    self._speak()
                else:
                    self._changed.wait(left)

    def _speak(self) -> None:
        now = time.monotonic()
        past = f" ({duration(now - self._since)})" if now - self._since >= EVERY_S else ""
        say(f"{self._text} ...{past}", sys.stderr)
        self._due = now + self._every_s
