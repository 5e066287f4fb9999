"""A task that is handed over comes out of its file as it went in."""

from pathlib import Path

import numpy as np

from cifar_core.handed_over import HandedOver, load
from cifar_core.workload import INFER

IMAGES, LABELS = np.zeros((2, 3, 32, 32, 3), np.float32), np.arange(6, dtype=np.int64).reshape(2, 3)


def test_arrays_settings_and_texts_come_back_in_their_order(tmp_path: Path) -> None:
    weights = {"b/kernel": np.ones((2, 2), np.float32), "a": np.zeros(3, np.float32)}
    given = HandedOver("mlp", weights, {"mean": np.ones(1)}, IMAGES, LABELS, {"epsilon": 1e-8}, "{}", '{"a": 1}')
    given.save(tmp_path / "task.npz")
    back = load(tmp_path / "task.npz")
    assert list(back.weights) == ["b/kernel", "a"]
    assert back.weights["b/kernel"].tolist() == [[1, 1], [1, 1]]
    assert (back.settings, back.model, back.keras_model, back.loss) == ({"epsilon": 1e-8}, "mlp", "{}", '{"a": 1}')
    assert back.averages["mean"].tolist() == [1]


def test_a_task_that_only_answers_is_digested_by_its_inputs_alone(tmp_path: Path) -> None:
    HandedOver("mlp", images=IMAGES, task=INFER).save(tmp_path / "task.npz")
    back = load(tmp_path / "task.npz")
    assert back.infers
    assert [array.shape for array in back.digested()] == [IMAGES.shape]


def test_a_refused_task_holds_its_reason_alone(tmp_path: Path) -> None:
    HandedOver("own:model", refused="it is no keras.Model").save(tmp_path / "task.npz")
    back = load(tmp_path / "task.npz")
    assert back.refused == "it is no keras.Model"
    assert back.weights == {}


def test_batches_are_digested_as_tensorflows_modes_do() -> None:
    whole = HandedOver("mlp", images=IMAGES, labels=LABELS).digested()
    assert [(array.shape, array.dtype) for array in whole] == [(IMAGES.shape, "float32"), ((2, 3), "int32")]
    own = HandedOver("own:model", images=np.zeros((2, 3, 7), np.float32), labels=LABELS).digested()
    assert [array.shape for array in own] == [(3, 7), (3,), (3, 7), (3,)]
