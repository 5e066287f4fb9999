"""The fake workers that this process has started, each under its keeper."""

import contextlib

import psutil
from waiting import eventually


def workers() -> list[psutil.Process]:
    """Those that are there now."""
    found: list[psutil.Process] = []
    for keeper in psutil.Process().children():
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended while we looked
            found += [worker for worker in keeper.children() if "fake_worker" in " ".join(worker.cmdline())]
    return found


def stop_and_go(process: psutil.Process) -> None:
    """Stop it for a moment."""
    process.suspend()
    eventually(lambda: process.status() == psutil.STATUS_STOPPED)
    process.resume()


def stop_the_first() -> None:
    """Stop a worker for a moment, as soon as there is one."""
    eventually(workers)
    stop_and_go(workers()[0])
