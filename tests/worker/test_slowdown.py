"""An injected slowdown lies inside the timed region."""

import pytest
from builders import FakeClock, FakeTrainer

from bench.worker.slowdown import Slowed
from bench.worker.timer import time_slice


def test_an_injected_slowdown_is_a_share_of_what_the_slice_took_and_is_timed() -> None:
    clock = FakeClock()
    trainer = FakeTrainer(clock=clock, step_s=0.5, loss=lambda steps: 10.0 - steps)

    def sleep(seconds: float) -> None:
        clock.now += seconds

    assert time_slice(Slowed(trainer, 0.05, clock, sleep), 4, clock) == (pytest.approx(2.1), 6.0)
