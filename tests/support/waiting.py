"""Waits for what another process does."""

import time
from collections.abc import Callable, Iterable

import psutil

LATE_S = 120.0  # only a test that fails waits so long, however busy the machine is


def eventually(happened: Callable[[], object]) -> None:
    """Return as soon as it has happened; AssertionError where it has not after two minutes."""
    give_up = time.monotonic() + LATE_S
    while not happened():
        assert time.monotonic() < give_up, "it did not happen"
        time.sleep(0.02)


def still_there(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Those that have not ended after two minutes; returns as soon as all have.

    One that has ended counts as such even where its new parent does not ask after it, as in some containers.
    """
    left = list(processes)
    give_up = time.monotonic() + LATE_S
    while left and time.monotonic() < give_up:
        left = [process for process in left if not ended(process)]
        time.sleep(0.02)
    return left


def ended(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE or not process.is_running()
    except psutil.NoSuchProcess:
        return True
