"""The child that trains, as far as it needs no TensorFlow."""

from types import SimpleNamespace

import pytest
from builders import a_point

from bench.machine import nvml
from bench.worker import training
from cifar_core.watch import timed


class FakeConfig:
    """TensorFlow's, on a machine with these GPUs; notes what is set."""

    def __init__(self, *gpus: str) -> None:
        self.gpus, self.experimental, self.told = gpus, self, list[tuple[object, ...]]()

    def list_physical_devices(self, kind: str) -> tuple[str, ...]:
        return self.gpus

    def set_visible_devices(self, *told: object) -> None:
        self.told.append(told)

    def set_memory_growth(self, *told: object) -> None:
        self.told.append(told)

    def enable_tensor_float_32_execution(self, *told: object) -> None:
        self.told.append(told)


def test_trainings_at_once_take_of_a_gpu_what_they_need_and_compute_in_float32(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nvml, "find", lambda number: None)
    shared, none = FakeConfig("a GPU", "another"), FakeConfig()
    watches = [training._take_gpu(SimpleNamespace(config=config), "float32") for config in (shared, none)]
    assert shared.told == [(["a GPU"], "GPU"), ("a GPU", True), (False,)]
    assert none.told == []
    assert (watches[0] is timed, watches[1] is timed) == (False, True)


@pytest.mark.parametrize(
    ("before", "since", "whole"),
    [(None, 5.0, 5.0), (3.0, 5.0, 8.0), (3.0, None, None), (None, None, None)],
)
def test_joules_go_on_where_a_training_is_resumed(
    before: float | None, since: float | None, whole: float | None
) -> None:
    point = None if before is None else a_point(joules=before)
    assert training._joules(since, point) == whole


def test_a_training_that_was_begun_without_a_counter_has_no_joules() -> None:
    assert training._joules(5.0, a_point()) is None
