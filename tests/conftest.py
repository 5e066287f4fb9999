"""What tests in any room may ask for."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C interrupts this process and those it starts, even where pytest itself was started with SIGINT ignored.

    A shell's background and some CI runners start it so. A child inherits an ignored signal, but not a handler.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which `check` keeps results, instead of the user's own."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr("bench.autograph.check.cache.cache_folder", lambda: folder)
    return folder
