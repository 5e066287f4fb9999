"""The child's end of the pipe to its parent: lines in, answers out; it ends with the parent."""

import faulthandler
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import IO

from bench.machine.keeper import die_with


def connect(parent: int | None = None) -> tuple[Iterator[bytes], IO[bytes]]:
    """The lines the parent sends, and where answers go; whatever else prints goes to stderr. Dies with the parent.

    `parent`: its process id, where that is known for sure.
    """
    die_with_parent(parent)
    leave_signals_to_parent()
    faulthandler.enable(2)  # so that what crashes in C++ says what Python was doing
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return iter(sys.stdin.buffer.readline, b""), channel


def die_with_parent(parent: int | None = None) -> None:
    """On Linux, be killed when the parent is: a child deep in a compilation does not notice its closed input."""
    if sys.platform == "linux":
        die_with(parent)


def leave_signals_to_parent() -> None:
    """Ignore the signal that a scheduler sends to every process of a command: the parent ends this one.

    Until then the parent needs it, to save what it has timed. Processes that this one forks are ended as usual.
    """
    mine = os.getpid()

    def hear(number: int, _: FrameType | None) -> None:
        if os.getpid() != mine:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    for name in {"SIGTERM", "SIGHUP"} & {*signal.Signals.__members__}:
        signal.signal(signal.Signals[name], hear)
