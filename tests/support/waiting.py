"""Waits for what another process does."""

import time
from collections.abc import Callable


def within(seconds: float, happened: Callable[[], object]) -> None:
    """Return as soon as it has happened; AssertionError where it has not by then."""
    give_up = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < give_up, "it did not happen"
        time.sleep(0.02)
