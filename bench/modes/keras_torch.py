"""Keras on PyTorch, as it comes: its train step, or its answer to a batch, runs op by op; its loop is Python.

It differs from `keras_fit`, and in inference from `keras_predict_on_batch`, in the backend.
"""

from typing import Any

import keras
import torch

from bench.modes.keras_peer import KerasPeer
from bench.modes.keras_peer_answer import KerasPeerAnswer
from bench.modes.torch_network import TorchOps, devices
from bench.records.proof import Calls, Execution
from cifar_core.handed_over import HandedOver

LIBRARY = f"Keras {keras.__version__} on PyTorch {torch.__version__}"


class KerasOnTorch(KerasPeer):
    """Keras' layers keep their own memory order (channels last by shape), and its own Adam."""

    def tracing_us(self) -> int:
        return 0

    def traces(self) -> int:
        return 0

    def execution(self) -> Execution:
        return _execution(self.model, "fit")

    def calls(self) -> Calls:
        ops = TorchOps()
        self.run(1, ops)
        return Calls(ops.count, ops.updates, ())


class KerasAnswersOnTorch(KerasPeerAnswer):
    """The model's ops one by one, without gradients."""

    def tracing_us(self) -> int:
        return 0

    def traces(self) -> int:
        return 0

    def execution(self) -> Execution:
        return _execution(self.model, "predict_on_batch")

    def calls(self) -> Calls:
        with TorchOps() as ops:
            self.run(1)
        return Calls(ops.count, ops.updates, ())


def _execution(model: Any, what: str) -> Execution:
    places = devices([variable.value for variable in model.variables])
    return Execution(devices=places, library=f"{LIBRARY}, {what}, OMP_WAIT_POLICY=PASSIVE")


def open_trainer(handed: HandedOver, device: Any) -> KerasOnTorch | KerasAnswersOnTorch:
    """Of the task that was handed over, on PyTorch's device."""
    return KerasAnswersOnTorch(handed, device) if handed.infers else KerasOnTorch(handed, device)
