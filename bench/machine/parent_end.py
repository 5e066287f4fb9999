"""The parent's end of a child process: send it records, hear its answers, notice when it dies or hangs."""

import contextlib
import queue
import re
import signal
import tempfile
import threading
import time
from typing import IO

import msgspec

from bench.machine.launcher import Start

LOOK_S = 1.0  # how often a parent that waits looks at its clock
HELD_S = 2.0  # later than that, it was not the machine's load that kept it from looking
TAIL = 2000  # characters of what a child wrote last
CLOSE_S = 5.0  # how long what a dead child wrote last may be on its way
KILLED = (
    "killed from outside (SIGKILL), as the system does when memory runs out; try smaller --batch-sizes, or fewer "
    "--modes, which are all in memory at once"
)


class Gone(Exception):
    """A child that no longer answers; the text says why."""


class Child:
    """A process that is sent records, one a line, and answers each with a line.

    `held`: whether this process was kept from running while it waited for an answer: stopped, frozen or suspended.
    """

    def __init__(self, start: Start) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._process = start(self._errors)
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self.held = False

    def send(self, record: object) -> None:
        """Send a record. Raises nothing: a dead child is noticed by `receive`."""
        assert self._process.stdin
        with contextlib.suppress(ConnectionError):
            self._process.stdin.write(msgspec.json.encode(record) + b"\n")
            self._process.stdin.flush()

    def receive(self, time_limit_s: float) -> bytes:
        """The next line. Raises Gone where the child died or hangs.

        Only time in which this process runs counts: an answer is not late because this process was stopped.
        """
        line = self.heard(time_limit_s)
        if line is None:
            raise Gone(late(time_limit_s))
        return line

    def heard(self, time_limit_s: float) -> bytes | None:
        """The next line; None where none came in that time. Raises Gone where the child died."""
        line = self._next(time_limit_s)
        if line == b"":
            raise Gone(self._cause_of_death())
        return line

    def tail(self) -> str:
        """The end of what it wrote to stderr, without the list of modules that Python appends when it crashes."""
        return re.sub(r"\n*Extension modules: .*\(total: \d+\)\n", "\n", self._written())[-TAIL:]

    def last_line(self) -> str:
        """The last line that it wrote to stderr, before Python's stack where it crashed; '' where there is none."""
        lines = self._written().partition("Fatal Python error: ")[0].strip().splitlines()
        return lines[-1] if lines else ""

    def stopped(self) -> bool:
        """Whether it was stopped for a while (SIGSTOP). Ask before `end`."""
        return self._process.stopped()

    def end(self) -> None:
        """End the process whatever it does, wait until it is gone, close its pipes. May be called again.

        Takes a bounded time. Where something that cannot be ended holds the pipe, the thread that reads it is left.
        """
        self._process.kill()
        self._process.wait()
        self._listener.join(CLOSE_S)
        answers = [] if self._listener.is_alive() else [self._process.stdout]
        for stream in (self._process.stdin, self._errors, *answers):
            assert stream
            with contextlib.suppress(ConnectionError):
                stream.close()

    def _written(self) -> str:
        self._errors.seek(0)
        return self._errors.read().decode(errors="replace")

    def _next(self, time_limit_s: float) -> bytes | None:
        """The next line, b'' when there will be none, None when the time is over."""
        left_s = time_limit_s
        while left_s > 0:
            part_s, start = min(left_s, LOOK_S), _now()
            try:
                return self._lines.get(timeout=part_s)
            except queue.Empty:
                left_s -= part_s
            finally:
                self.held = self.held or _now() - start > part_s + HELD_S
        with contextlib.suppress(queue.Empty):  # if this process has just gone on, so has the thread that listens
            return self._lines.get(timeout=LOOK_S if self.held else 0.0)
        return None

    def _listen(self) -> None:
        assert self._process.stdout
        with contextlib.suppress(ConnectionError):  # reset, which ends it as well: of a worker on another machine
            for line in self._process.stdout:
                self._lines.put(line)
        self._lines.put(b"")

    def _cause_of_death(self) -> str:
        code = self._process.wait()
        if code == -signal.SIGKILL:
            return KILLED
        return f"died of {signal.Signals(-code).name}" if code < 0 else f"ended by itself with code {code}"


def late(time_limit_s: float) -> str:
    """What is said of a child that has not answered in time."""
    return f"no answer within {time_limit_s:g} s: it hung and was ended"


def _now() -> float:
    """Seconds, those included in which the machine was suspended, where the system counts them. Never set back."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()
