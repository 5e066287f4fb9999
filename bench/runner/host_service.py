"""A command on another machine than the first of --hosts: it starts workers for that one until it ends."""

import contextlib
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

import msgspec

from bench.machine import environment
from bench.machine.launcher import executed
from bench.machine.parent_end import Child, Gone
from bench.modes.process_env import child_env
from bench.records.messages import Order, Reply, StageRequest
from bench.records.run import Failure, Plan
from bench.runner.hosts import HELLO, LOOK_S, WELCOME, Place, fingerprint
from bench.runner.worker_process import WORKER
from cifar_core.cifar10 import Source


class HostService:
    """Starts workers of the plan's cases on this machine's own images, whatever the first machine says of its own."""

    def __init__(self, plan: Plan, source: Source, command: Sequence[str] = WORKER) -> None:
        self._plan, self._source, self._command = plan, source, command

    def serve(self, place: Place, turn: Callable[[bool], AbstractContextManager[object]]) -> None:
        """Wait for the first machine, then start what it asks for until it ends.

        `turn(far)`: what keeps others from timing here meanwhile; `far` is false where the first is this machine too.
        """
        session = self._welcomed(place.listener)
        with session, turn(session.getpeername()[0] != session.getsockname()[0]):
            over = threading.Event()
            threading.Thread(target=_until_closed, args=(session, over), daemon=True).start()
            place.listener.settimeout(LOOK_S)
            relays = list[threading.Thread]()
            while not over.is_set():
                with contextlib.suppress(TimeoutError):
                    relays.append(threading.Thread(target=self._relay, args=(place.listener.accept()[0],)))
                    relays[-1].start()
            for relay in relays:
                relay.join()

    def _welcomed(self, listener: socket.socket) -> socket.socket:
        """The connection of a first machine that was given the same command."""
        while True:
            session, _ = listener.accept()
            with contextlib.suppress(OSError):  # whoever it was is gone; the next one is waited for
                with session.makefile("rb") as lines:
                    hello = lines.readline()
                if hello == HELLO + fingerprint(self._plan).encode() + b"\n":
                    session.sendall(WELCOME)
                    return session
                session.sendall(b"it was given another command, or has other images\n")
            session.close()

    def _relay(self, connection: socket.socket) -> None:
        """One worker, for as long as the connection lasts."""
        connection.settimeout(None)
        with connection, connection.makefile("rb") as lines, contextlib.suppress(OSError, msgspec.MsgspecError):
            order = msgspec.json.decode(lines.readline(), type=Order)
            if order.case not in self._plan.cases:
                return
            child = self._started(order)
            answers = threading.Thread(target=_answer, args=(child, order, connection))
            answers.start()
            try:
                for line in lines:
                    child.send(msgspec.json.decode(line, type=StageRequest))
            finally:
                child.end()
                answers.join()

    def _started(self, order: Order) -> Child:
        case = order.case
        child = Child(executed(self._command, child_env(case.mode, case.device, case.workload.own_model)))
        child.send(replace(order, source=self._source, environment=environment.read(), xla_cache="", handed_over=""))
        return child


def _until_closed(session: socket.socket, over: threading.Event) -> None:
    with contextlib.suppress(OSError):
        while session.recv(64):
            pass
    over.set()


def _answer(child: Child, order: Order, connection: socket.socket) -> None:
    """Hand on what the worker says; its death as a failure of the case."""
    with contextlib.suppress(OSError, ValueError):  # the connection, or the child's files, closed meanwhile
        try:
            while True:
                if line := child.heard(LOOK_S):
                    connection.sendall(line)
        except Gone as error:
            failure = Failure(order.case, order.block, "slice", str(error), child.tail())
            connection.sendall(msgspec.json.encode(Reply(failure=failure)) + b"\n")
            connection.shutdown(socket.SHUT_RDWR)
