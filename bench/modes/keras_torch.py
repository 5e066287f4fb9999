"""Keras' fit on PyTorch, as it comes: its train step runs op by op, its loop is Python.

It differs from `keras_fit` in the backend.
"""

import keras
import torch

from bench.modes.keras_peer import KerasPeer
from bench.modes.torch_trainer import TorchOps, devices
from bench.records.proof import Calls, Execution


class KerasOnTorch(KerasPeer):
    """Keras' layers keep their own memory order (channels last by shape), and its own Adam."""

    def tracing_us(self) -> int:
        return 0

    def traces(self) -> int:
        return 0

    def execution(self) -> Execution:
        tensors = [variable.value for variable in self.model.variables]
        library = f"Keras {keras.__version__} on PyTorch {torch.__version__}, fit, OMP_WAIT_POLICY=PASSIVE"
        return Execution(devices=devices(tensors), library=library)

    def calls(self) -> Calls:
        ops = TorchOps()
        self.run(1, ops)
        return Calls(ops.count, ops.updates, ())


open_trainer = KerasOnTorch
