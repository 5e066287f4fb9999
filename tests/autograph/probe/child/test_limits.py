"""What ends a driver that reaches a limit."""

from threading import Event

import pytest

from bench.autograph.probe.child import limits as limits_module
from bench.autograph.probe.child.limits import Guard
from bench.autograph.probe.records import Limits


@pytest.fixture
def gave_up(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Set when the process is given up; the guard looks often and waits for nothing."""
    monkeypatch.setattr(limits_module, "LOOK_S", 0.001)
    monkeypatch.setattr(limits_module, "GRACE_S", 0.0)
    return Event()


@pytest.mark.parametrize(
    ("limits", "reached"),
    [
        (Limits(seconds=0.0, memory_gb=1e6), "did not end within 0 s"),
        (Limits(seconds=1e6, memory_gb=1e-9), "took more than 1e-09 GB of memory"),
    ],
)
def test_the_limit_that_is_reached_is_named_and_a_driver_that_does_not_end_is_given_up(
    gave_up: Event, limits: Limits, reached: str
) -> None:
    messages = list[str]()

    def give_up(message: str) -> None:
        messages.append(message)
        gave_up.set()

    guard = Guard(limits, give_up)
    guard.start()
    assert gave_up.wait(60)
    guard.stop()
    assert guard.reached == reached
    assert messages[0] == f"the driver {reached} (in TensorFlow's own code)"


def test_a_driver_within_its_limits_is_left_alone(gave_up: Event) -> None:
    guard = Guard(Limits(seconds=1e6, memory_gb=1e6), lambda message: gave_up.set())
    guard.start()
    assert not gave_up.wait(0.05)
    guard.stop()
    assert guard.reached == ""
