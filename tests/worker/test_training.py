"""The child that trains, as far as it needs no TensorFlow."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from bench.errors import BenchError
from bench.worker import training


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


def test_trainings_at_once_take_of_a_gpu_what_they_need_and_compute_in_float32() -> None:
    shared, none = FakeConfig("a GPU", "another"), FakeConfig()
    for config in (shared, none):
        training._take_gpu(SimpleNamespace(config=config))
    assert shared.told == [(["a GPU"], "GPU"), ("a GPU", True), (False,)]
    assert none.told == []


def test_a_checkpoint_is_read_as_it_was_kept(tmp_path: Path) -> None:
    file = tmp_path / "checkpoint.npz"
    assert training.checkpoint(file) == ([], 0)
    training._keep_checkpoint(file, [np.arange(3), np.float32(2.5)], 700)
    (weights, rate), done = training.checkpoint(file)
    assert (weights.tolist(), float(rate), done) == ([0, 1, 2], 2.5, 700)
    assert [each.name for each in tmp_path.iterdir()] == ["checkpoint.npz"]


def test_a_broken_checkpoint_says_what_to_type(tmp_path: Path) -> None:
    (tmp_path / "checkpoint.npz").write_bytes(b"rubbish")
    with pytest.raises(BenchError, match=r"is broken .* delete it and type --resume"):
        training.checkpoint(tmp_path / "checkpoint.npz")
