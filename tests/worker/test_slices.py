"""One slice, with what is read around it."""

import pytest
from builders import FakeTrainer
from taken import fakes

from bench.machine.nvml import GpuLogger
from bench.records.messages import StageRequest
from bench.worker import slices
from bench.worker.slices import take_slice


def test_nothing_is_read_between_the_two_readings_of_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything else that a slice does lies before the first reading or after the second."""
    events: list[str] = []
    for name in ("use_begins", "used_since", "memory_bytes"):
        monkeypatch.setattr(slices, name, lambda *_, name=name: events.append(name))
    monkeypatch.setattr(GpuLogger, "read_slice", lambda _: events.append("GPU"))
    monkeypatch.setattr(slices, "time_slice", lambda *_: (events.append("slice"), (1.0, 2.0))[1])
    taken = take_slice(FakeTrainer(), StageRequest("slice", 3, 7), 0.0, GpuLogger(None, set), fakes())  # type: ignore[arg-type]
    assert events == ["use_begins", "slice", "used_since", "memory_bytes", "GPU"]
    assert (taken.seconds, taken.loss, taken.steps, taken.round) == (1.0, 2.0, 3, 7)
