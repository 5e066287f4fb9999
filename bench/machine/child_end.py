"""The child's end of the pipe to its parent: lines in, answers out, and no life without the parent."""

import ctypes
import os
import signal
import sys
from collections.abc import Iterator
from typing import IO

PR_SET_PDEATHSIG = 1  # prctl(2)


def connect(parent: int | None = None) -> tuple[Iterator[bytes], IO[bytes]]:
    """The lines the parent sends, and where answers go; whatever else prints goes to stderr. Dies with the parent.

    `parent`: its process id, where that is known for sure.
    """
    die_with_parent(parent)
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return iter(sys.stdin.buffer.readline, b""), channel


def die_with_parent(parent: int | None = None) -> None:
    """On Linux, be killed when the parent is: a child deep in a compilation does not notice its closed input."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if parent is not None and os.getppid() != parent:  # it died before that was asked for
            os.kill(os.getpid(), signal.SIGKILL)
