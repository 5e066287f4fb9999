"""What is recorded of the machine, and what is refused on it."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from builders import ENVIRONMENT

from bench.errors import BenchError
from bench.machine import environment
from bench.machine.environment import Stolen, flags, gpus, load_average, refuse_auto_jit, usable_cores
from bench.records.environment import onednn_used


def test_only_variables_that_change_what_tensorflow_does_are_flags_sorted_by_name() -> None:
    variables = {"XLA_FLAGS": "a", "TF_VAR_region": "b", "TF_NUM_INTEROP_THREADS": "1", "HOME": "/root", "OMP_X": "2"}
    assert flags(variables) == (("OMP_X", "2"), ("TF_NUM_INTEROP_THREADS", "1"), ("XLA_FLAGS", "a"))


def test_the_environment_is_read_with_the_first_gpu_and_the_flags_of_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "gpus", lambda: [("A GPU", "580.1"), ("another", "580.1")])
    monkeypatch.setenv("TF_CPU_TEST_FLAG", "1")
    now = environment.read()
    assert (now.gpu, now.driver) == ("A GPU", "580.1")
    assert ("TF_CPU_TEST_FLAG", "1") in now.flags
    assert now.cores >= 1
    assert now.memory_bytes > 2**20


def test_a_machine_without_nvidias_driver_has_no_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "GPU_QUERY", ("no-such-nvidia-smi",))
    assert gpus() == []
    monkeypatch.setattr(environment, "gpus", list)
    now = environment.read()
    assert (now.gpu, now.driver) == (None, None)


def test_gpus_are_read_from_what_nvidia_smi_prints(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "_run", lambda *words: "NVIDIA A, 580.1\nNVIDIA B, 580.1")
    assert gpus() == [("NVIDIA A", "580.1"), ("NVIDIA B", "580.1")]


@pytest.mark.parametrize(("quota", "usable"), [(None, 8), (1.5, 1.5), (16.0, 8)])
def test_a_containers_quota_may_be_less_than_the_cores_it_sees(quota: float | None, usable: float) -> None:
    assert usable_cores(replace(ENVIRONMENT, cores=8, cgroup_quota_cores=quota)) == usable


@pytest.mark.parametrize(
    "value", ["--tf_xla_auto_jit=2", "--x=1 --tf_xla_auto_jit=fusible", '--tf_xla_auto_jit="2"', " --tf_xla_auto_jit=1"]
)
def test_auto_jit_is_refused_for_it_changes_every_mode(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_XLA_FLAGS", value)
    with pytest.raises(BenchError, match="TF_XLA_FLAGS holds --tf_xla_auto_jit="):
        refuse_auto_jit()


@pytest.mark.parametrize(
    "value", ["", "--tf_xla_auto_jit=0", "--tf_xla_auto_jit=-1", "--tf_xla_auto_jit='0'", "--tf_xla_cpu_global_jit"]
)
def test_flags_that_switch_auto_jit_off_are_accepted(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_XLA_FLAGS", value)
    refuse_auto_jit()


def test_auto_jit_is_refused_in_a_file_of_flags_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "flags").write_text("--tf_xla_auto_jit=2")
    monkeypatch.setenv("TF_XLA_FLAGS", str(tmp_path / "flags"))
    with pytest.raises(BenchError, match="TF_XLA_FLAGS holds --tf_xla_auto_jit=2"):
        refuse_auto_jit()


def test_a_cache_that_no_child_gets_is_no_flag_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_XLA_FLAGS", "--tf_xla_persistent_cache_directory=/a --tf_xla_cpu_global_jit")
    assert ("TF_XLA_FLAGS", "--tf_xla_cpu_global_jit") in environment.read().flags


def test_stolen_time_is_a_share_of_all_cores_time(monkeypatch: pytest.MonkeyPatch) -> None:
    class Times(SimpleNamespace):
        def __iter__(self) -> object:
            return iter(vars(self).values())

    times = iter([Times(user=10.0, idle=0.0, steal=1.0), Times(user=12.0, idle=1.0, steal=2.0)])
    monkeypatch.setattr(psutil, "cpu_times", lambda: next(times))
    assert Stolen().share() == 0.25


def test_a_system_that_does_not_count_stolen_time_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "cpu_times", lambda: SimpleNamespace(user=1.0))
    assert Stolen().share() is None


def test_a_system_without_load_averages_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> tuple[float, float, float]:
        raise OSError

    monkeypatch.setattr(psutil, "getloadavg", refuse)
    assert load_average() is None


def test_the_cpus_features_are_those_that_decide_on_kernels(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = "model name\t: AMD EPYC\nflags\t\t: fpu avx avx2 fma avx512f avx512_vnni\nmodel name\t: another\n"
    monkeypatch.setattr(Path, "read_text", lambda self: listed)
    assert environment.cpu_features() == "avx2 fma avx512f avx512_vnni"
    monkeypatch.undo()
    assert environment.read().cpu_features == environment.cpu_features()


def test_a_system_that_lists_no_features_leaves_them_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "read_text", lambda self: "model name\t: a board\n")
    assert environment.cpu_features() is None


@pytest.mark.parametrize(
    ("variables", "features", "used"),
    [
        ({}, "avx2 fma", False),
        ({}, "avx2 fma avx512f", False),
        ({}, "avx2 avx_vnni", True),
        ({}, "amx_tile", True),
        ({}, None, None),
        ({"TF_ENABLE_ONEDNN_OPTS": "1"}, "avx2", True),
        ({"TF_ENABLE_ONEDNN_OPTS": "True"}, None, True),
        ({"TF_ENABLE_ONEDNN_OPTS": "false"}, "avx512_vnni", False),
        ({"TF_ENABLE_ONEDNN_OPTS": "maybe"}, "avx512_vnni", True),
    ],
)
def test_onednn_is_used_as_the_variable_says_or_as_tensorflow_does_on_the_cpu(
    variables: dict[str, str], features: str | None, used: bool | None
) -> None:
    assert onednn_used(variables, features) is used
