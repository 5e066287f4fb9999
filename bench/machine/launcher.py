"""How a child process is started: the command of one of this package's modules, and a program of its own."""

import subprocess
import sys
import sysconfig
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Protocol


def command(module: str) -> tuple[str, ...]:
    """What runs a module of this package: from where this file lies, for `-m` would search the user's folder first.

    Installed, it is found where Python looks anyway; put first, what lies beside it could stand in for Python's own.
    """
    place = str(Path(__file__).parents[2])
    first = "" if place in map(sysconfig.get_path, ("purelib", "platlib")) else place
    set_path = "import runpy, sys; sys.path[:1] = filter(None, [sys.argv.pop(1)])"
    return (sys.executable, "-c", f"{set_path}; runpy.run_module('{module}', run_name='__main__')", first)


class Process(Protocol):
    """A process that was started: what is needed of subprocess.Popen, and what a forked worker offers too."""

    @property
    def stdin(self) -> IO[bytes] | None: ...

    @property
    def stdout(self) -> IO[bytes] | None: ...

    def kill(self) -> None:
        """End it, if it is still there."""

    def wait(self) -> int:
        """Its exit code, negative for a signal, when it has ended. May be called again."""


Start = Callable[[IO[bytes]], Process]  # starts a process that writes its stderr to that file


def executed(command: Sequence[str], env: dict[str, str]) -> Start:
    """A program of its own."""

    def start(errors: IO[bytes]) -> Process:
        # A session of its own: Ctrl-C is for the parent, which then ends its children in order.
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=env,
            start_new_session=True,
        )

    return start
