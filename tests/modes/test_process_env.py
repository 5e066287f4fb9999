"""The environment variables of children that train."""

import pytest

from bench.modes.process_env import child_env


def test_a_child_on_the_cpu_cannot_see_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert child_env("eager", "cpu")["CUDA_VISIBLE_DEVICES"] == "-1"
    assert "CUDA_VISIBLE_DEVICES" not in child_env("eager", "gpu:1")
    assert child_env("eager", "gpu:1")["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"


def test_only_children_that_need_keras_may_import_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TF_USE_LEGACY_KERAS", raising=False)
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert child_env("eager", "cpu")["TF_USE_LEGACY_KERAS"] == "1"
    own = child_env("eager", "cpu", own_model=True)
    assert (own["TF_USE_LEGACY_KERAS"], own["KERAS_BACKEND"]) == ("0", "tensorflow")
