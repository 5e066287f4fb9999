"""The environment variables of children that train."""

import pytest

from bench.machine.xla_flags import cache_folder
from bench.modes import MODES
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


FOLDER = "--tf_xla_persistent_cache_directory"


@pytest.mark.parametrize("mode", [mode.name for mode in MODES])
def test_a_childs_cache_is_never_the_persons_own(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_XLA_FLAGS", f"--tf_xla_max_cluster_size=9 {FOLDER}=/theirs")
    for own_model in (False, True):
        flags = child_env(mode, "cpu", own_model)["TF_XLA_FLAGS"]
        assert FOLDER not in flags
        assert "--tf_xla_max_cluster_size=9" in flags


def test_a_modes_own_flags_come_after_a_persons(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_XLA_FLAGS", "--tf_xla_auto_jit=0 --tf_xla_max_cluster_size=9")
    flags = child_env("autocluster", "cpu")["TF_XLA_FLAGS"].split()
    assert flags[:3] == ["--tf_xla_auto_jit=0", "--tf_xla_max_cluster_size=9", "--tf_xla_auto_jit=2"]


def test_a_cache_that_was_made_for_a_child_is_added_to_its_flags(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_XLA_FLAGS", f"--tf_xla_max_cluster_size=9 {FOLDER}=/theirs")
    flags = child_env("xla_cached", "cpu", xla_cache="/ours and more")["TF_XLA_FLAGS"]
    assert flags == f'--tf_xla_max_cluster_size=9 {FOLDER}="/ours and more"'
    assert cache_folder(flags) == "/ours and more"


def test_without_flags_a_child_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TF_XLA_FLAGS", raising=False)
    assert "TF_XLA_FLAGS" not in child_env("xla", "cpu")


@pytest.mark.parametrize("variable", ["JAX_COMPILATION_CACHE_DIR", "TORCHINDUCTOR_CACHE_DIR"])
def test_other_frameworks_compile_for_themselves_too(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(variable, "/theirs")
    assert variable not in child_env("torch_compile", "cpu")
