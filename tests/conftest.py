"""What tests in any room may ask for, and what holds for all of them."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

SET = {"CIFAR_BENCH_NO_LOCK": "1", "CIFAR_BENCH_SLOW_S": "3600", "COLUMNS": "80"}
UNSET = (
    "FORCE_COLOR NO_COLOR CLICOLOR CLICOLOR_FORCE PY_COLORS LINES PYTEST_ADDOPTS "
    "PYTHONUNBUFFERED PYTHONDONTWRITEBYTECODE PYTHONWARNINGS PYTHONIOENCODING"
).split()


def pytest_configure() -> None:
    """Before anything else: the same environment for all tests, and for the commands that they start, on any machine.

    Tests time nothing, so nobody waits for a turn. What is said on a slow machine only is left out, so that all that is
    said can be compared. The width and the colours of somebody's terminal, and how their Python writes, change nothing.
    And what a test starts is no worker of pytest-xdist, though the test itself may run in one.
    """
    os.environ |= SET
    for name in [name for name in os.environ if name in UNSET or name.startswith("PYTEST_XDIST_")]:
        del os.environ[name]


@pytest.fixture
def interruptible() -> Iterator[None]:
    """Ctrl-C interrupts this process and those it starts, even where pytest itself was started with SIGINT ignored.

    A shell's background and some CI runners start it so. A child inherits an ignored signal, but not a handler.
    SIGTERM and SIGHUP likewise, as under nohup.
    """
    before = {signal.SIGINT: signal.signal(signal.SIGINT, signal.default_int_handler)}
    for number in (signal.SIGTERM, signal.SIGHUP):
        before[number] = signal.signal(number, signal.SIG_DFL)
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in which `check` keeps results, instead of the user's own."""
    folder = tmp_path_factory.mktemp("cache")
    monkeypatch.setattr("bench.autograph.check.cache.cache_folder", lambda: folder)
    return folder
