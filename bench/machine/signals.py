"""Signals that end a command: SIGTERM and SIGHUP interrupt it as Ctrl-C does, and each has its exit code."""

import contextlib
import os
import signal
import sys
from collections.abc import Iterator
from types import FrameType
from typing import NoReturn

from bench.errors import Exit

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # there is no SIGHUP on Windows


class Interrupted(KeyboardInterrupt):
    """A signal that ends the command; `number` says which. It is handled like Ctrl-C."""

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


def exit_code(interruption: KeyboardInterrupt) -> Exit:
    """The exit code: 128 plus the signal's number, as in a shell."""
    return Exit(128 + (interruption.number if isinstance(interruption, Interrupted) else signal.SIGINT))


@contextlib.contextmanager
def interrupting() -> Iterator[None]:
    """Raise Interrupted for each of these signals until the end of the with-block. In the main thread.

    Ignored signals stay ignored: SIGINT in a background job, SIGHUP under nohup.
    """
    terminals = [number for number in (1, 2) if _is_terminal(number)]

    def interrupt(number: int, _: FrameType | None) -> NoReturn:
        _let_go_of(terminals)
        raise Interrupted(number)

    before = {number: signal.signal(number, interrupt) for number in _heeded()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def uninterrupted() -> Iterator[None]:
    """Hold these signals back until the end of the with-block, where the first of them is raised. In the main thread.

    What is ignored stays ignored.
    """
    caught: list[int] = []
    before = {number: signal.signal(number, lambda number, _: caught.append(number)) for number in _heeded()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if caught:
        signal.raise_signal(caught[0])


@contextlib.contextmanager
def noting_stops() -> Iterator[list[int]]:
    """A list that gets longer each time this process goes on after it was stopped (SIGSTOP). In the main thread."""
    stops: list[int] = []
    if not hasattr(signal, "SIGCONT"):  # Windows
        yield stops
        return
    before = signal.signal(signal.SIGCONT, lambda number, _: stops.append(number))
    try:
        yield stops
    finally:
        signal.signal(signal.SIGCONT, before)


def _heeded() -> list[signal.Signals]:
    known = [signal.Signals[name] for name in NAMES if hasattr(signal, name)]
    return [number for number in known if signal.getsignal(number) not in (signal.SIG_IGN, None)]


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


def _let_go_of(terminals: list[int]) -> None:
    """Discard output once the terminal has been closed, where each line would raise an error."""
    for number in [number for number in terminals if not _is_terminal(number)]:
        terminals.remove(number)
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, number, inheritable=sys.platform != "win32")
        os.close(nothing)
