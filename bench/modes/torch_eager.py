"""PyTorch's eager mode: Python runs every op of the step, one at a time.

It differs from `eager` in the framework: PyTorch's ops, autograd and Adam.
"""

from typing import Any

from bench.modes.torch_answer import TorchAnswer
from bench.modes.torch_trainer import TorchTrainer
from cifar_core.handed_over import HandedOver


def open_trainer(handed: HandedOver, device: Any) -> TorchTrainer | TorchAnswer:
    """Of the task that was handed over, on PyTorch's device."""
    return TorchAnswer(handed, device) if handed.infers else TorchTrainer(handed, device)
