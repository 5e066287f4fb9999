"""One slice, with what is read around it."""

import pytest
from builders import FakeTrainer, a_case
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
    monkeypatch.setattr(FakeTrainer, "read", lambda *_: events.append("weight") or [1.0])
    monkeypatch.setattr(FakeTrainer, "tracing_us", lambda _: events.append("tracing") or len(events))
    trainer = FakeTrainer()
    taken = take_slice(trainer, trainer.weight, StageRequest("slice", 3, 7), a_case(), GpuLogger(None, set), fakes())  # type: ignore[arg-type]
    assert events == [
        "weight",
        "tracing",
        "use_begins",
        "slice",
        "used_since",
        "memory_bytes",
        "GPU",
        "tracing",
        "weight",
    ]
    assert (taken.seconds, taken.loss, taken.steps, taken.round) == (1.0, 2.0, 3, 7)
    assert (taken.tracing_us, taken.moved) == (8 - 2, False)


@pytest.mark.parametrize("moves", [True, False])
def test_a_slice_over_which_the_watched_weight_stays_is_seen(moves: bool) -> None:
    trainer = FakeTrainer()
    watched = trainer.weight if moves else trainer.slot
    taken = take_slice(trainer, watched, StageRequest("slice", 1), a_case(), GpuLogger(None, set), fakes())  # type: ignore[arg-type]
    assert taken.moved is moves
