import sys

import pytest
from builders import FakeClock, FakeTrainer

from bench.worker.timer import time_slice, tracing_tool


def test_a_slice_is_timed_up_to_its_completion() -> None:
    clock = FakeClock()
    trainer = FakeTrainer(clock=clock, step_s=0.5, loss=lambda steps: 10.0 - steps)
    assert time_slice(trainer, 4, clock) == (2.0, 6.0)
    assert trainer.steps == 4


def test_waiting_for_the_device_is_timed() -> None:
    clock = FakeClock()

    class Lazy(FakeTrainer):
        def run(self, steps: int) -> None:
            self.steps += steps

        def sync(self) -> float:
            self.clock.now += 3.0
            return 1.0

    assert time_slice(Lazy(clock=clock), 2, clock)[0] == 3.0


def test_a_traced_process_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "gettrace", lambda: print)
    assert "trace function" in str(tracing_tool())


def test_a_profiled_process_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "gettrace", lambda: None)
    monkeypatch.setattr(sys, "getprofile", lambda: print)
    assert "profile" in str(tracing_tool())
