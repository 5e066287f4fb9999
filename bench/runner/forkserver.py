"""The parent's end of fork servers: processes that import TensorFlow once and fork a block's workers.

Forked are the workers of CPU cases on Linux. Elsewhere, and for a GPU, whose driver must not be touched before a fork,
each worker is executed.
"""

import os
import socket
import sys
import tempfile
from collections.abc import Sequence
from types import TracebackType
from typing import IO

from bench.machine import settings
from bench.machine.launcher import END_S, KeptProgram, Start, command, executed
from bench.modes import row
from bench.modes.process_env import child_env
from bench.records.messages import Order
from bench.runner.worker_process import WORKER

FORK_SERVER = command("bench.worker.forkserver")
ANSWER_S = 3 * END_S  # for what takes a moment, or as long as a worker takes to end
REQUESTS = {
    "fork": "import TensorFlow and fork a worker",
    "imported": "import TensorFlow",
    "kill": "end a worker",
    "wait": "wait for a worker's end",
    "stopped": "say whether a worker was stopped",
}


class ForkServer:
    """A process that forks workers which share its environment variables."""

    def __init__(self, env: dict[str, str], time_limit_s: float) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._channel, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._import_s = time_limit_s
        self._asked = 0
        errors = self._errors
        with theirs:
            self._program = KeptProgram(FORK_SERVER, env, theirs.fileno(), errors, errors)

    def fork(self, errors: IO[bytes]) -> "ForkedWorker":
        """A worker that writes its stderr to `errors`. Waits until TensorFlow is imported. Raises nothing."""
        stdin, ours = os.pipe()
        answers, stdout = os.pipe()
        try:
            pid = self.ask("fork", (stdin, stdout, errors.fileno()), self._import_s)
        finally:
            os.close(stdin)
            os.close(stdout)
        return ForkedWorker(self, pid, os.fdopen(ours, "wb"), os.fdopen(answers, "rb"), errors)

    def ask(self, request: str, streams: Sequence[int] = (), time_limit_s: float = ANSWER_S) -> str:
        """The answer to a request; '' from a fork server that has died. One that hangs is ended."""
        self._asked += 1
        number = ""
        try:
            self._channel.settimeout(time_limit_s)
            socket.send_fds(self._channel, [f"{self._asked} {request}".encode()], streams)
            while number != str(self._asked):  # Ctrl-C may have left the answer to an earlier one unread
                answer = self._channel.recv(64).decode()
                if not answer:
                    return ""
                number, _, answer = answer.partition(" ")
        except TimeoutError:
            self._program.kill()
            self._errors.write(f"the fork server did not {REQUESTS[request.split()[0]]} in time\n".encode())
            return ""
        except OSError:  # the other end has gone
            return ""
        return answer

    def await_import(self) -> None:
        """Wait until TensorFlow is imported. Raises nothing: what is wrong shows when a worker is forked."""
        self.ask("imported", time_limit_s=self._import_s)

    def stopped(self) -> bool:
        """Whether somebody stopped it for a while: then TensorFlow took longer to import than it does."""
        return self._program.stopped()

    def last_words(self) -> tuple[int, bytes]:
        """Of a fork server that has died: its exit code and what it wrote."""
        code = self._program.wait()
        self._errors.seek(0)
        return code, self._errors.read()

    def end(self) -> None:
        """End it, and with it every fork that is still there."""
        self._program.kill()
        self._program.wait()
        self._channel.close()
        self._errors.close()


class ForkedWorker:
    """A launcher.Process that was forked. It dies with its fork server, and `wait` then says of what that died."""

    def __init__(self, server: ForkServer, pid: str, stdin: IO[bytes], stdout: IO[bytes], errors: IO[bytes]) -> None:
        self.stdin, self.stdout = stdin, stdout
        self._server, self._pid, self._errors = server, pid, errors
        self._code: int | None = None
        self._seen_stopped = False

    def kill(self) -> None:
        if self._code is None and self._pid:
            self._server.ask(f"kill {self._pid}")

    def wait(self) -> int:
        if self._code is None:
            code = self._server.ask(f"wait {self._pid}") if self._pid else ""
            self._code = int(code) if code else self._outlived()
        return self._code

    def stopped(self) -> bool:
        asks = self._code is None and bool(self._pid)
        self._seen_stopped = (asks and self._server.ask(f"stopped {self._pid}") == "1") or self._seen_stopped
        return self._seen_stopped or self._server.stopped()

    def _outlived(self) -> int:
        code, words = self._server.last_words()
        self._errors.write(words)
        self._errors.flush()
        return code


class ForkServers:
    """How a block's workers start: forked where that can be done, else executed."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._servers: dict[tuple[tuple[str, str], ...], ForkServer] = {}

    def __enter__(self) -> "ForkServers":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self._servers.values():
            server.end()

    def open(self, orders: Sequence[Order]) -> None:
        """Begin importing TensorFlow, once for each set of environment variables and all at the same time."""
        for order in orders:
            env = _env(order)
            if self._forks(order) and _key(env) not in self._servers:
                self._servers[_key(env)] = ForkServer(env, order.schedule.time_limit_s)

    def await_imports(self) -> None:
        """Wait until all that were opened have imported TensorFlow."""
        for server in self._servers.values():
            server.await_import()

    def start(self, order: Order) -> Start:
        """What starts the worker of this order."""
        env = _env(order)
        return self._servers[_key(env)].fork if self._forks(order) else executed(self._command, env)

    def _forks(self, order: Order) -> bool:
        mode = row(order.case.mode)
        if mode.peer or mode.replicas == "processes":  # no TensorFlow there; servers of gRPC, which no fork survives
            return False
        return sys.platform == "linux" and order.case.device == "cpu" and self._command == WORKER


class ForkServersAhead:
    """The fork servers of a run's next block: they import TensorFlow while the current one closes, timing nothing.

    So each block still has an import of its own. They are awaited before the block gives up its turn on the machine.
    """

    def __init__(self, command: Sequence[str]) -> None:
        self._command = command
        self._next: ForkServers | None = None

    def __enter__(self) -> "ForkServersAhead":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.drop()

    def begin(self, orders: Sequence[Order]) -> None:
        """Begin to import for a block like this one."""
        self._next = self._next or ForkServers(self._command)
        self._next.open(orders)

    def wait(self) -> None:
        """Until what has begun is imported."""
        if self._next:
            self._next.await_imports()

    def taken(self) -> ForkServers:
        """Those that have begun, for the block that begins now, which ends them; else new ones."""
        servers, self._next = self._next or ForkServers(self._command), None
        return servers

    def drop(self) -> None:
        """End what has begun."""
        if self._next:
            self._next.__exit__(None, None, None)
            self._next = None


def _env(order: Order) -> dict[str, str]:
    env = child_env(order.case.mode, order.case.device, order.case.workload.own_model, order.xla_cache)
    return settings.environment(order.case.setting, env)


def _key(env: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(env.items()))
