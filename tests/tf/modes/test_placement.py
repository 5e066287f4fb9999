"""Where ops run, on two logical CPU devices that stand for a CPU and a GPU; and on a real GPU where there is one."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from places import ROOT, SUPPORT

from bench.machine import availability
from bench.machine.availability import Availability
from bench.modes import MODES, placement
from bench.records.store import Store

# Auto-clustering needs flags before TensorFlow loads; its placement is read as that of `function` is.
ELSEWHERE = ("autocluster", "xla_cached")
NAMES = [m.name for m in MODES if m.name not in ELSEWHERE and not m.peer and not m.replicas and "predict" not in m.name]
COMPILED = ("xla", "xla_loop", "keras_jit")


@pytest.fixture(scope="module")
def found() -> dict[str, Any]:
    command = [sys.executable, str(SUPPORT / "two_cpus.py"), *NAMES]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-3000:]
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("mode", NAMES)
def test_every_computing_op_of_a_step_is_found_and_in_its_place(mode: str, found: dict[str, Any]) -> None:
    sound = found["sound"][mode]
    assert sound["strangers"] == []
    assert sound["ops"]["CPU:0"] > 30  # forward, backward and the updates of a model with two layers
    assert sound["transfers"] == []


@pytest.mark.parametrize(
    "mode", [name for name in NAMES if not name.startswith(("keras", "custom")) and name not in COMPILED]
)
def test_an_op_on_the_wrong_device_is_caught_and_what_moved_for_it_is_named(mode: str, found: dict[str, Any]) -> None:
    astray = found["astray"][mode]
    assert astray["strangers"] == ["1 of its ops ran on CPU:1: Tanh"]
    assert any("float32" in moved and moved.endswith("CPU:0 to CPU:1") for moved in astray["transfers"])


@pytest.mark.parametrize("mode", ["xla", "xla_loop"])
def test_what_xla_compiles_whole_stays_on_one_device_whatever_it_is_asked_for(mode: str, found: dict[str, Any]) -> None:
    assert list(found["astray"][mode]["ops"]) == ["CPU:0"]


def test_moving_a_batch_is_timed_up_to_its_end_and_a_wait_for_nothing_is_no_part_of_it(found: dict[str, Any]) -> None:
    assert found["copy_s"] == 0.0  # on a clock that ticks once a look, both take one tick


def test_the_probe_computes_on_what_tensorflow_sees() -> None:
    seen = availability.probe()
    assert seen.probed
    assert seen.probed.found[0].device == "cpu"
    assert not any(seen.wrong(each) for each in seen.probed.found)


A_FULL_CARD = """
import msgspec
import tensorflow as tf
from bench.worker import device_probe

def full():
    raise RuntimeError("cudaSetDevice() on GPU:0 failed. Status: out of memory")

tf.config.list_physical_devices = lambda kind: ["a card"]
tf.config.list_logical_devices = full
tf.config.experimental.set_memory_growth = lambda card, grows: None
tf.config.experimental.get_device_details = lambda card: {"device_name": "A card"}
print(msgspec.json.encode(device_probe.probe()).decode())
"""


def test_a_card_that_tensorflow_cannot_take_is_found_with_the_reason_and_the_cpu_is_tried_all_the_same() -> None:
    seen = availability.probe((sys.executable, "-c", A_FULL_CARD))
    assert seen.probed, seen.words
    cpu, card = seen.probed.found
    assert (cpu.device, seen.wrong(cpu)) == ("cpu", "")
    assert (card.device, card.title) == ("gpu:0", "A card")
    assert 'TensorFlow says "cudaSetDevice() on GPU:0 failed. Status: out of memory"; ' in seen.missing("gpu")


def gpu() -> Availability:
    seen = availability.probe()
    if reason := seen.missing("gpu"):
        pytest.skip(reason)
    return seen


def run(folder: Path, *words: str) -> None:
    small = ("--preset", "quick", "--budget", "10m", "--data", "synthetic", "--blocks", "1", "--out", str(folder))
    command: Sequence[str] = [sys.executable, "-m", "bench", "run", *small, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.gpu
def test_on_a_real_gpu_every_mode_is_valid_does_the_cpus_work_and_never_leaves_the_card(tmp_path: Path) -> None:
    gpu()
    run(tmp_path / "run", "--devices", "cpu,gpu:0", "--modes", "all", "--model", "mlp")
    table = pd.read_csv(tmp_path / "run" / "tables" / "devices.csv")
    assert not set(table["verdict"]) & {"INVALID", "NOT AVAILABLE", "NOT COMPARABLE"}
    measured = [o.measurement for o in Store.open(tmp_path / "run").outcomes() if o.measurement]
    on_gpu = [m for m in measured if m.case.device == "gpu"]
    assert len(on_gpu) == len(MODES) + 1
    for measurement in on_gpu:
        assert measurement.proof.placement
        assert placement.strangers(measurement.proof.placement, "GPU:0") == []
        assert measurement.costs
        assert measurement.costs.synced
        assert measurement.costs.synced.left_s < measurement.costs.synced.once_s


@pytest.mark.gpu
def test_on_a_real_gpu_the_card_is_read_after_each_slice(tmp_path: Path) -> None:
    pytest.importorskip("pynvml", reason="nvidia-ml-py is not installed: python -m pip install '.[gpu]'")
    gpu()
    run(tmp_path / "run", "--devices", "gpu", "--modes", "function", "--model", "mlp")
    for outcome in Store.open(tmp_path / "run").outcomes():
        assert outcome.measurement
        assert outcome.measurement.card
        assert len(outcome.measurement.card.slices) == len(outcome.measurement.steady.seconds)
        assert outcome.measurement.card.before.sm_mhz
