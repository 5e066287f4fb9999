"""Settings that are tried: what they add to a child's environment, and what is said where they cannot be tried."""

import pytest

from bench.errors import BenchError
from bench.machine import settings
from bench.machine.settings import environment, missing
from bench.records.case import Case
from bench.records.settings import SETTINGS, setting
from cifar_core.workload import Workload


def test_nothing_is_added_without_a_setting_and_nothing_is_lost_with_one() -> None:
    assert environment("", {"A": "1"}) == {"A": "1"}
    assert environment("onednn-off", {"A": "1"}) == {"A": "1", "TF_ENABLE_ONEDNN_OPTS": "0"}


def test_a_persons_own_xla_flags_and_preloads_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    own = {"XLA_FLAGS": "--xla_a=1", "LD_PRELOAD": "/own.so"}
    assert environment("xla-fast-math", own)["XLA_FLAGS"] == "--xla_a=1 --xla_cpu_enable_fast_math=true"
    monkeypatch.setattr(settings, "_library", lambda name: f"/lib/{name}.so")
    assert environment("tcmalloc", own)["LD_PRELOAD"] == "/lib/tcmalloc_minimal.so:/own.so"


def test_a_library_that_is_not_there_is_said_in_a_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "find_library", lambda name: None)
    assert missing(setting("tcmalloc")) == "libtcmalloc_minimal is not installed on this machine"


def test_what_the_environment_says_already_is_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TF_ENABLE_ONEDNN_OPTS", "0")
    assert missing(setting("onednn-off")) == "TF_ENABLE_ONEDNN_OPTS is 0 already"
    assert missing(setting("onednn-on")) == ""


@pytest.mark.parametrize(("features", "already"), [("avx512_vnni", "on"), ("avx2", "off")])
def test_what_tensorflow_does_by_default_on_this_cpu_is_not_tried(
    features: str, already: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    monkeypatch.setattr(settings, "cpu_features", lambda: features)
    refused = {name: missing(setting(f"onednn-{name}")) for name in ("on", "off")}
    assert refused.pop(already) == f"oneDNN {already} already, by TensorFlow's default on this CPU"
    assert list(refused.values()) == [""]


def test_an_unknown_setting_is_refused_with_the_known_ones() -> None:
    with pytest.raises(BenchError, match="unknown setting 'tcmaloc', did you mean tcmalloc"):
        environment("tcmaloc", {})


def test_names_are_unique_and_fit_into_a_configurations_key() -> None:
    workload = Workload("mlp", 64, "synthetic")
    keys = {Case("function", "cpu", 0, workload, setting=each.name).key for each in SETTINGS}
    assert len(keys) == len(SETTINGS)
    assert all(each.keep and each.title and each.kind for each in SETTINGS)
