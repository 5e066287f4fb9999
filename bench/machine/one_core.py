"""All threads of this process on one core for a while, so that what passes on the clock is its CPU time."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

THREADS = Path("/proc/self/task")


@contextmanager
def one_core() -> Iterator[bool]:
    """Moves every thread, and those that they start, to the first core allowed; afterwards back to where each was.

    Gives False where the system cannot do that (it takes Linux), and then changes nothing.
    """
    before = _allowed()
    core = {min(os.sched_getaffinity(0))} if before else set[int]()
    _move(dict.fromkeys(before, core))
    try:
        yield bool(before)
    finally:
        if before:
            everywhere = set.union(*before.values())
            _move({thread: before.get(thread, everywhere) for thread in _allowed()})


def _allowed() -> dict[int, set[int]]:
    """The cores on which each thread may run; empty where that is unknown."""
    cores = dict[int, set[int]]()
    if hasattr(os, "sched_getaffinity") and THREADS.is_dir():
        for thread in map(int, os.listdir(THREADS)):
            with suppress(OSError):  # it has ended meanwhile
                cores[thread] = os.sched_getaffinity(thread)
    return cores


def _move(cores: dict[int, set[int]]) -> None:
    for thread, allowed in cores.items():
        with suppress(OSError):
            os.sched_setaffinity(thread, allowed)
