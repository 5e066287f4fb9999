"""The parent's end of a child process: send it records, hear its answers, notice when it dies or hangs."""

import contextlib
import queue
import signal
import tempfile
import threading
from typing import IO

import msgspec

from bench.machine.launcher import Start


class Gone(Exception):
    """A child that will not answer any more; the text says why."""


class Child:
    """A process that is sent records, one a line, and answers each with a line."""

    def __init__(self, start: Start) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._process = start(self._errors)
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def send(self, record: object) -> None:
        """Send a record. Raises nothing: a dead child is noticed by `receive`."""
        assert self._process.stdin
        try:
            self._process.stdin.write(msgspec.json.encode(record) + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass

    def receive(self, time_limit_s: float) -> bytes:
        """The next line. Raises Gone where the child died or hangs."""
        try:
            line = self._lines.get(timeout=time_limit_s)
        except queue.Empty:
            raise Gone(f"no answer within {time_limit_s:g} s: it hung and was ended") from None
        if not line:
            raise Gone(self._cause_of_death())
        return line

    def tail(self) -> str:
        """The end of what it wrote to stderr."""
        self._errors.seek(0)
        return self._errors.read()[-2000:].decode(errors="replace")

    def end(self) -> None:
        """End the process whatever it is doing, wait until it is gone, let go of its pipes. May be called again."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            assert stream
            with contextlib.suppress(BrokenPipeError):
                stream.close()

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(b"")

    def _cause_of_death(self) -> str:
        code = self._process.wait()
        if code == -signal.SIGKILL:
            return "killed from outside (SIGKILL), as the system does when memory runs out; try smaller --batch-sizes"
        return f"died of {signal.Signals(-code).name}" if code < 0 else f"ended by itself with code {code}"
