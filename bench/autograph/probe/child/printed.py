"""Captures what the driver prints. What TensorFlow and Keras say of their own accord is not the driver's output.

Who speaks is decided by the code that writes, not by the text: TensorFlow warns of functions run eagerly, which only
the probe asks for, and Keras' progress bars show times.
"""

import contextlib
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from types import FrameType
from typing import IO, Any

FRAMEWORKS = frozenset(("tensorflow", "keras", "tf_keras"))
# Code that prints for somebody else: the standard library, and AutoGraph, which calls print() for converted code.
_FOR_OTHERS = frozenset(("absl", *sys.stdlib_module_names)) - {"__main__"}
_AUTOGRAPH = "tensorflow.python.autograph."
# Log lines of TensorFlow's C++ code, which has no frames to identify it by.
_LOG = re.compile(r"^([IWEF]\d{4} |WARNING: All log messages|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWEF] )")
MOST_LINES = 2000  # printed lines that are compared


class StreamByOrigin:
    """A text stream that drops what a framework writes, and is the real stream in everything else."""

    def __init__(self, real: Any) -> None:
        self._real = real

    def write(self, text: str) -> int:
        """Write a text, unless it is a framework's."""
        return len(text) if framework_speaks(sys._getframe(1)) else self._real.write(text)

    def writelines(self, lines: Iterator[str]) -> None:
        """Write each line, unless it is a framework's."""
        if not framework_speaks(sys._getframe(1)):
            self._real.writelines(lines)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)


def framework_speaks(frame: FrameType | None) -> bool:
    """Does the nearest code that speaks for itself belong to TensorFlow or Keras?"""
    while frame is not None:
        name = str(frame.f_globals.get("__name__", ""))
        family = name.partition(".")[0]
        if family not in _FOR_OTHERS and not name.startswith(_AUTOGRAPH):
            return family in FRAMEWORKS and "__autograph_generated" not in frame.f_code.co_filename
        frame = frame.f_back
    return False


def listen() -> None:
    """From here on, what Python code of a framework writes to sys.stdout and sys.stderr is dropped."""
    sys.stdout, sys.stderr = StreamByOrigin(sys.stdout), StreamByOrigin(sys.stderr)


@contextlib.contextmanager
def printed_lines() -> Iterator[list[tuple[str, ...]]]:
    """A list that holds, after the block, the lines that Python and TensorFlow wrote to stdout and to stderr.

    The block may replace or close the streams, and close their files.
    """
    printed, streams = list[tuple[str, ...]](), (sys.stdout, sys.stderr)
    saved = [os.dup(1), os.dup(2)]
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        os.dup2(stdout.fileno(), 1)
        os.dup2(stderr.fileno(), 2)
        try:
            yield printed
        finally:
            _flush(*streams, sys.stdout, sys.stderr)
            sys.stdout, sys.stderr = streams
            for number, descriptor in enumerate(saved, 1):
                os.dup2(descriptor, number)
                os.close(descriptor)
            printed += [_lines(stdout), _lines(stderr)]


def _flush(*streams: Any) -> None:
    for stream in streams:
        with contextlib.suppress(Exception):  # the driver may have closed it, or put anything in its place
            stream.flush()


def _lines(file: IO[bytes]) -> tuple[str, ...]:
    file.seek(0)
    lines = file.read().decode(errors="replace").splitlines()
    return tuple(line for line in lines if not _LOG.match(line))[:MOST_LINES]
