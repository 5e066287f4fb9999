"""--hosts: the same command on several machines. The first one measures; the others start workers when it asks.

The port of a host is the command's own; TensorFlow's processes talk to each other at the one after it, and at the next
for an A/A control. Neither is protected: for networks that you trust only, as TensorFlow's own servers are.
"""

import contextlib
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from hashlib import sha256

from bench.errors import BenchError
from bench.machine.far import connected
from bench.records.run import Plan

WAIT_S = 300.0  # for the same command on the other machines
LOOK_S = 1.0
HELLO, WELCOME = b"cifar-bench ", b"welcome\n"
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Place:
    """Which of the hosts this command is, from 0, and where it listens."""

    number: int
    listener: socket.socket


@contextlib.contextmanager
def claimed(hosts: Sequence[str]) -> Iterator[Place | None]:
    """The first host that is this machine and whose port is free, for as long as it is needed; None without hosts.

    Raises BenchError where there is none.
    """
    if not hosts:
        yield None
        return
    for number, address in enumerate(hosts):
        if listener := _listening(address):
            with listener:
                yield Place(number, listener)
            return
    raise BenchError(
        f"none of {', '.join(hosts)} is an address of this machine with a free port; type --hosts with the addresses "
        "of its network, in the same order on every machine"
    )


def _listening(address: str) -> socket.socket | None:
    host, _, port = address.rpartition(":")
    try:
        return socket.create_server((host, int(port)))
    except OSError:
        return None


@contextlib.contextmanager
def joined(plan: Plan, say: Say, wait_s: float = WAIT_S) -> Iterator[None]:
    """While this lasts the other machines start workers for this one. Raises BenchError."""
    with ExitStack() as sessions:
        for address in plan.hosts[1:]:
            say(f"waiting for {address}: type the same command there")
            sessions.enter_context(_session(address, fingerprint(plan), wait_s))
        yield


def _session(address: str, mine: str, wait_s: float) -> socket.socket:
    give_up = time.monotonic() + wait_s
    while True:
        try:
            session = connected(address)
            break
        except OSError as error:
            if time.monotonic() > give_up:
                raise BenchError(f"{address} cannot be reached: {error.strerror or error}") from None
            time.sleep(LOOK_S)
    answer = b""
    with contextlib.suppress(ConnectionError), session.makefile("rb") as answers:  # reset, as good as no answer
        session.sendall(HELLO + mine.encode() + b"\n")
        answer = answers.readline()
    if answer != WELCOME:
        session.close()
        said = answer.decode(errors="replace").strip() or "it is not cifar-bench"
        raise BenchError(f"{address}: {said}; type the same command on every machine")
    return session


def fingerprint(plan: Plan) -> str:
    """What the plans of the same command on the same images have in common."""
    cases = "\n".join(case.key for case in plan.cases)
    return sha256(f"{','.join(plan.hosts)}\n{plan.seed}\n{cases}".encode()).hexdigest()[:16]


def tensorflow_address(host: str, again: bool) -> str:
    """Where TensorFlow's process for a case listens, beside the command's own port."""
    name, _, port = host.rpartition(":")
    return f"{name}:{int(port) + 1 + again}"
