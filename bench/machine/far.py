"""A worker on another machine: its pipes are a connection to the command that waits there and starts it."""

import contextlib
import socket
from io import BytesIO
from typing import IO

from bench.machine.launcher import Start

CONNECT_S = 10.0
LOST = 255  # the exit code of a connection that has ended, as ssh has it


class FarProcess:
    """A launcher.Process behind an address. One that cannot be reached has ended already."""

    def __init__(self, address: str, errors: IO[bytes]) -> None:
        self.stdin: IO[bytes] = BytesIO()
        self.stdout: IO[bytes] = BytesIO()
        self._connection: socket.socket | None = None
        try:
            self._connection = connected(address)
        except OSError as error:
            errors.write(f"{address}: {error.strerror or error}\n".encode())
            return
        self.stdin, self.stdout = self._connection.makefile("wb"), self._connection.makefile("rb")

    def kill(self) -> None:
        if self._connection:
            with contextlib.suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)  # at which the other end kills it

    def wait(self) -> int:
        if self._connection:
            self._connection.close()
        return LOST

    def stopped(self) -> bool:
        return False


def far(address: str) -> Start:
    """What starts a worker at host:port."""
    return lambda errors: FarProcess(address, errors)


def connected(address: str, time_limit_s: float = CONNECT_S) -> socket.socket:
    """A connection to host:port that notices when the other machine goes away. Raises OSError."""
    host, _, port = address.rpartition(":")
    connection = socket.create_connection((host, int(port)), time_limit_s)
    connection.settimeout(None)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 20), ("TCP_KEEPINTVL", 5), ("TCP_KEEPCNT", 4)):  # seconds; not on every system
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection
