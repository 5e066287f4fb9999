"""Other frameworks do TensorFlow's work: ten losses, the first gradients and updates; and faults in them are caught."""

import json
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec
import pytest
from places import ROOT

from bench.analysis import validity
from bench.modes.peers import PEERS
from bench.records.costs import Latency
from bench.records.proof import Calls, Evidence, Execution
from cifar_core.workload import INFER, TRAIN

INSTALLED = all(find_spec(package) for package in ("torch", "jax"))
pytestmark = pytest.mark.skipif(not INSTALLED, reason="needs the extra peers: tox run -e peers")
SAME = 1e-5  # relative, of losses and answers from the same weights
# Of each of ten losses. 9.3e-7 was the most in any mode on one CPU; on another PyTorch's rounding turned a maximum
# around at the third update, and the tenth loss was 2.4e-4 apart.
TRAINED = 1e-3
FAULTS = {  # what is injected, and what the check of equal work says of it
    "epsilon": "its optimizer's epsilon is 1e-07 where the baseline's is 1e-08",
    "kernels": "its first loss differs",
    "dropout": "its first loss differs",
}
TRIED = {**{mode.name: tuple(FAULTS) for mode in PEERS}, "torch_compile": ("dropout",)}  # it compiles again for each
SUPPORT = ROOT / "tests" / "support"
Trial = Callable[[str], dict[str, Any]]


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """What became of a mode's tries, made in a process of its own when it is first asked for; TensorFlow's first."""
    tried = tried_on("tutorial_cnn", tmp_path_factory.mktemp("task") / "task.npz")
    tried("eager")
    return tried


@pytest.fixture(scope="module")
def resnet9(tmp_path_factory: pytest.TempPathFactory) -> Trial:
    """The same of the model with normalisation."""
    tried = tried_on("resnet9", tmp_path_factory.mktemp("task") / "task.npz")
    tried("eager")
    return tried


def tried_on(model: str, file: Path, task: str = TRAIN) -> Trial:
    @cache
    def tried(mode: str) -> dict[str, Any]:
        faults = TRIED.get(mode, ()) if model == "tutorial_cnn" else ()
        command = [sys.executable, str(SUPPORT / "peer_trial.py"), model, task, mode, str(file), *faults]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=SUPPORT, timeout=600)
        assert done.returncode == 0, done.stderr[-3000:]
        return dict(json.loads(done.stdout.splitlines()[-1]))

    return tried


def evidence(found: dict[str, Any]) -> Evidence:
    return msgspec.convert(found["evidence"], Evidence)


def assert_same(found: dict[str, Any], reference: dict[str, Any], within: float = SAME) -> None:
    apart = [abs(a - b) / abs(b) for a, b in zip(found["losses"], reference["losses"], strict=True)]
    assert len(apart) == 10
    assert max(apart) < within
    assert validity.unequal_work(evidence(found), evidence(reference), "float32") == ()


@pytest.mark.parametrize("mode", [mode.name for mode in PEERS])
def test_ten_losses_and_all_evidence_are_tensorflows(trial: Trial, mode: str) -> None:
    assert_same(trial(mode)[""], trial("eager")[""], TRAINED)


@pytest.mark.parametrize(("mode", "fault"), [(mode, fault) for mode, faults in TRIED.items() for fault in faults])
def test_a_fault_is_caught(trial: Trial, mode: str, fault: str) -> None:
    found, reference = trial(mode)[fault], trial("eager")[""]
    reasons = validity.unequal_work(evidence(found), evidence(reference), "float32")
    assert FAULTS[fault] in "; ".join(reasons)


@pytest.mark.parametrize("mode", PEERS, ids=lambda mode: mode.name)
def test_a_mode_ran_as_its_row_says_and_names_its_framework(trial: Trial, mode: Any) -> None:
    found = trial(mode.name)[""]
    execution, calls = msgspec.convert(found["execution"], Execution), msgspec.convert(found["calls"], Calls)
    assert validity._mode_reasons(mode.name, execution) == []
    assert [device.rpartition("device:")[2] for device in execution.devices] == ["CPU:0"]
    assert ("PyTorch" if mode.packages == ("torch",) else "JAX") in execution.library
    assert calls.updates
    assert bool(calls.functions) == mode.traces
    assert bool(calls.compiled) == mode.compiles


@pytest.mark.parametrize("mode", [mode.name for mode in PEERS])
def test_resnet9_is_trained_as_tensorflow_does(resnet9: Trial, mode: str) -> None:
    """Of a batch of four, normalisation drives rounding apart within a few updates: 1e-2 at the tenth loss."""
    found, reference = resnet9(mode)[""], resnet9("eager")[""]
    assert found["losses"][:2] == pytest.approx(reference["losses"][:2], rel=SAME)
    assert validity.unequal_work(evidence(found), evidence(reference), "float32") == ()


@pytest.mark.parametrize("model", ["mlp", "tutorial_cnn", "resnet9"])
def test_every_framework_answers_as_tensorflow_does_and_its_single_calls_are_timed(tmp_path: Path, model: str) -> None:
    tried = tried_on(model, tmp_path / "task.npz", INFER)
    reference = tried("eager")[""]
    for mode in PEERS:
        found = tried(mode.name)[""]
        assert_same(found, reference)
        latency = msgspec.convert(found["latency"], Latency)
        assert 0 < latency.median_s <= latency.p95_s <= latency.p99_s
        execution, calls = msgspec.convert(found["execution"], Execution), msgspec.convert(found["calls"], Calls)
        assert validity._mode_reasons(mode.name, execution) == []
        assert bool(calls.functions) == mode.traces


def test_a_persons_own_keras_model_runs_on_other_backends_with_its_own_optimizer_and_loss(tmp_path: Path) -> None:
    tried = tried_on("peer_models:sequential", tmp_path / "own.npz")
    reference = tried("eager")[""]
    for mode in ("keras_jax", "keras_torch"):
        found = tried(mode)[""]
        assert found["losses"] == pytest.approx(reference["losses"], rel=SAME)
        assert validity.unequal_work(evidence(found), evidence(reference), "float32") == ()


def test_a_persons_own_keras_model_answers_on_other_backends(tmp_path: Path) -> None:
    """Its optimizer has no part in that."""
    tried = tried_on("peer_models:of_sgd", tmp_path / "own.npz", INFER)
    expected = tried("eager")[""]  # which hands the model over
    for mode in ("keras_jax", "keras_torch"):
        assert_same(tried(mode)[""], expected)


@pytest.mark.parametrize(("model", "reason"), [
    ("of_sgd", "its optimizer is not plain Adam"),
    ("own_step", "it has a train_step of its own, which only TensorFlow's modes run"),
    ("undescribed", "Keras cannot describe the model to another backend"),
    ("of_own_layers", "Keras cannot rebuild the model from its configuration"),
    ("of_lambda", "Keras cannot rebuild the model from its configuration"),
])  # fmt: skip
def test_an_own_model_that_cannot_be_handed_over_is_refused_with_the_reason(
    tmp_path: Path, model: str, reason: str
) -> None:
    tried = tried_on(f"peer_models:{model}", tmp_path / "own.npz")
    tried("eager")
    with pytest.raises(AssertionError, match=f"NotApplicable: {reason}"):
        tried("keras_jax")


def test_no_framework_runs_beside_tensorflow(tmp_path: Path) -> None:
    """A peer's worker imports nothing of TensorFlow: with it, both would have their own pools of threads."""
    code = (
        "import sys, os\nimport bench.worker.serve, bench.worker.peer_setup\n"
        "from bench import modes\n"
        "os.environ['KERAS_BACKEND'] = sys.argv[1].partition('_')[2]\nmodes.load(sys.argv[1])\n"
        "print('tensorflow' in sys.modules)"
    )
    for mode in PEERS:
        done = subprocess.run([sys.executable, "-c", code, mode.name], capture_output=True, text=True, cwd=ROOT)
        assert done.stdout.strip() == "False", done.stderr
