"""What another framework's worker refuses before it imports anything, and why."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import ENVIRONMENT, SCHEDULE, a_case

from bench.errors import NotApplicable, NotAvailable
from bench.modes import extras
from bench.records.messages import Order
from bench.worker import peer_setup
from cifar_core.cifar10 import SYNTHETIC
from cifar_core.handed_over import HandedOver


def an_order(mode: str = "torch_eager", file: Path = Path("absent"), **changes: Any) -> Order:
    return Order(a_case(mode, **changes), 0, SCHEDULE, ENVIRONMENT, SYNTHETIC, handed_over=str(file))


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda package: package)


def test_without_its_framework_a_mode_is_not_available_and_says_what_to_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extras, "find_spec", lambda package: None)
    with pytest.raises(NotAvailable, match=r"JAX not installed: python -m pip install '\.\[peers\]'"):
        peer_setup.set_up(an_order("jax_jit"))


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("changes", "reason"), [
    ({"precision": "mixed_bfloat16"}, "float32 only"),
    ({"input": "pipeline"}, "resident batches only"),
    ({"model": "mine:make"}, "a person's own model is TensorFlow's"),
])  # fmt: skip
def test_what_is_tensorflows_alone_is_not_applicable(changes: dict[str, str], reason: str) -> None:
    with pytest.raises(NotApplicable, match=reason):
        peer_setup.set_up(an_order(**changes))


@pytest.mark.usefixtures("installed")
def test_a_task_that_tensorflow_did_not_hand_over_is_no_crash_and_a_refused_one_says_why(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="TensorFlow could not build the model"):
        peer_setup.set_up(an_order())
    HandedOver("mine:make", refused="it is not a keras.Model").save(tmp_path / "task.npz")
    with pytest.raises(NotApplicable, match=r"it is not a keras\.Model"):
        peer_setup.set_up(an_order("keras_jax", tmp_path / "task.npz", model="mine:make"))


def test_jax_takes_no_number_of_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "jax", object())
    with pytest.raises(NotApplicable, match="JAX takes no number of CPU threads"):
        peer_setup.DEVICES["jax"](replace(a_case("jax_jit"), threads=2))
