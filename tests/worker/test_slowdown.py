"""An injected slowdown lies inside the timed region."""

from dataclasses import replace

import pytest
from builders import FakeClock, FakeTrainer, a_case

from bench.worker.slowdown import Slowed, slowed
from bench.worker.timer import time_slice


def test_an_injected_slowdown_is_a_share_of_what_the_slice_took_and_is_timed() -> None:
    clock = FakeClock()
    trainer = FakeTrainer(clock=clock, step_s=0.5, loss=lambda steps: 10.0 - steps)

    def sleep(seconds: float) -> None:
        clock.now += seconds

    assert time_slice(Slowed(trainer, 0.05, clock, sleep), 4, clock) == (pytest.approx(2.1), 6.0)


def test_a_case_that_takes_two_steps_for_each_trains_twice_as_much_in_twice_the_time() -> None:
    clock = FakeClock()
    trainer = FakeTrainer(clock=clock, step_s=0.5)
    stepper = slowed(trainer, replace(a_case(), steps_each=2), clock, lambda seconds: None)
    assert time_slice(stepper, 4, clock)[0] == pytest.approx(4 * 2 * 0.5)
    assert trainer.steps == 8


def test_a_case_without_any_of_it_is_timed_as_it_is() -> None:
    trainer = FakeTrainer()
    assert slowed(trainer, a_case(), trainer.clock, lambda seconds: None) is trainer
