"""The child that trains, as far as it needs no TensorFlow."""

from types import SimpleNamespace

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
