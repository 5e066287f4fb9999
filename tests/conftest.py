"""What tests in any room may ask for."""

import signal
from collections.abc import Iterator

import pytest


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C interrupts this process and those it starts, even where pytest itself was started with SIGINT ignored.

    A shell's background and some CI runners start it so. A child inherits an ignored signal, but not a handler.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
