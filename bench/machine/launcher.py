"""How a child process is started and ended, together with everything that it starts, even if this process dies."""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Protocol

from bench.machine import keeper

KEEPER = str(Path(keeper.__file__))
TEMPORARY = ("TMPDIR", "TEMP", "TMP")  # where programs look for the folder for temporary files
END_S = 10.0  # what may pass until a process that was killed has ended: longer than its keeper's patience


def command(module: str) -> tuple[str, ...]:
    """The command that runs a module of this package, whatever else has its name (see cifar_bench.py).

    What lies beside this package is never put first: there it could shadow Python's own modules.
    """
    pinned = str(Path(__file__).parents[2] / "cifar_bench.py")
    run = "import sys; sys.path[:] = filter(None, sys.path); import runpy; runpy.run_path(sys.argv.pop(1))['pin']()"
    return (sys.executable, "-c", f"{run}; runpy.run_module('{module}', run_name='__main__')", pinned)


class Process(Protocol):
    """A process that was started: what is needed of subprocess.Popen, and what a forked worker offers too."""

    @property
    def stdin(self) -> IO[bytes] | None: ...

    @property
    def stdout(self) -> IO[bytes] | None: ...

    def kill(self) -> None:
        """Begin to end it, if it still runs, with everything that it started."""

    def wait(self) -> int:
        """Its exit code, negative for a signal. If it still runs after END_S it is ended. May be called again."""

    def stopped(self) -> bool:
        """Whether somebody stopped it for a while (SIGSTOP) since it was started. Ask before it is waited for."""


Start = Callable[[IO[bytes]], Process]  # starts a process that writes its stderr to that file


def executed(command: Sequence[str], env: dict[str, str]) -> Start:
    """A program of its own, on pipes."""

    def start(errors: IO[bytes]) -> Process:
        return KeptProgram(command, env, subprocess.PIPE, subprocess.PIPE, errors)

    return start


class KeptProgram:
    """A launcher.Process that was executed. On Linux under a keeper, which lets nothing outlive it or this process."""

    def __init__(
        self,
        command: Sequence[str],
        env: dict[str, str],
        stdin: int | IO[bytes],
        stdout: int | IO[bytes],
        errors: IO[bytes],
        kept: bool = True,
        own_temporary: bool = True,
    ) -> None:
        """`kept`: not for what starts nothing itself and takes a moment: a keeper takes 20 ms.

        `own_temporary`: whether its temporary files lie in a folder of their own, which goes with it. A program that is
        killed leaves such files: AutoGraph's sources, one a function, and what TorchInductor has compiled, which the
        next program would read instead of compiling. Not for a command that must find another one's lock there.
        """
        self._kept = kept and sys.platform == "linux"  # elsewhere there are no subreapers
        self._over, folder = contextlib.ExitStack(), ""
        if own_temporary:
            temporary = tempfile.TemporaryDirectory(prefix="cifar-bench-", ignore_cleanup_errors=True)
            folder = self._over.enter_context(temporary)
            env = env | dict.fromkeys(TEMPORARY, folder)
        self._status, status = os.pipe()
        try:
            # A session of its own: Ctrl-C is for the parent, which then ends its children one by one.
            self._process = subprocess.Popen(
                (*(_keeper(status, folder) if self._kept else ()), *command),
                stdin=stdin, stdout=stdout, stderr=errors, env=env, start_new_session=True,
                pass_fds=(status,) if self._kept else (),
            )  # fmt: skip
        except BaseException:
            os.close(self._status)
            self._over.close()
            raise
        finally:
            os.close(status)
        self.stdin, self.stdout = self._process.stdin, self._process.stdout
        self._code: int | None = None
        self._seen_stopped = False

    def ends_within(self, time_limit_s: float | None) -> bool:
        """Whether it has ended by then; None: whenever that is. Ends nothing."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(time_limit_s)
        return self._process.returncode is not None

    def kill(self) -> None:
        if self._code is not None:
            return
        if not self._kept:
            self._kill_group()
        elif self._process.poll() is None:
            for number in (keeper.END, signal.SIGCONT):  # a keeper that was stopped hears nothing
                self._process.send_signal(number)

    def wait(self) -> int:
        if self._code is None:
            ended = self._ends()
            self._kill_group()  # what its keeper did not live to end; soon its number may be another's
            self._close_status()
            self._over.close()
            # Where the system cannot end it now, it is not waited for.
            self._code = self._process.returncode if ended else -signal.SIGKILL
        return self._code

    def stopped(self) -> bool:
        if self._status >= 0 and self._kept:
            os.set_blocking(self._status, False)
            with contextlib.suppress(BlockingIOError):
                self._seen_stopped = bool(os.read(self._status, 1)) or self._seen_stopped
        return self._seen_stopped

    def _ends(self) -> bool:
        if not self.ends_within(END_S):
            self.kill()
        if not self.ends_within(END_S):
            self._kill_group()
        return self.ends_within(END_S)

    def _kill_group(self) -> None:
        """Of its session, whose number no other process gets while one of the group is there."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if hasattr(os, "killpg"):
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()

    def _close_status(self) -> None:
        self.stopped()
        if self._status >= 0:
            os.close(self._status)
            self._status = -1


def _keeper(status: int, temporary: str) -> tuple[str, ...]:
    """What comes before a command so that it has a keeper."""
    return (sys.executable, "-I", "-S", KEEPER, str(os.getpid()), str(status), temporary)
