"""torch.compile: the forward and the backward pass are compiled by TorchInductor; the update stays one fused kernel.

It differs from `torch_eager` in torch.compile.
"""

from dataclasses import replace
from typing import Any

from bench.modes.torch_answer import TorchAnswer
from bench.modes.torch_compilations import TorchCompilations
from bench.modes.torch_trainer import TorchTrainer
from bench.records.proof import Calls, Execution
from cifar_core.handed_over import HandedOver
from cifar_core.peers.torch_networks import loss_of


class Compiled:
    """A trainer, or a model that answers, whose compiled function is called in each step."""

    def __init__(self, trainer: TorchTrainer | TorchAnswer, compilations: TorchCompilations) -> None:
        self._trainer, self._compilations = trainer, compilations
        self.task, self.read, self.write = trainer.task, trainer.read, trainer.write
        self.trace, self.run, self.step_again = trainer.trace, trainer.run, trainer.step_again
        self.rewind, self.sync = trainer.rewind, trainer.sync

    def tracing_us(self) -> int:
        return self._compilations.tracing_us

    def traces(self) -> int:
        return self._compilations.graphs

    def execution(self) -> Execution:
        plain, made = self._trainer.execution(), self._compilations
        return replace(plain, traces=made.graphs, graph_ops=made.nodes, library=f"{plain.library}, TorchInductor")

    def calls(self) -> Calls:
        before = self._compilations.called
        self.run(1)
        updates = int(not isinstance(self._trainer, TorchAnswer))
        return Calls(0, updates, ("the compiled function",) * (self._compilations.called - before))


def open_trainer(handed: HandedOver, device: Any) -> Compiled:
    """Of the task that was handed over, on PyTorch's device."""
    made = TorchCompilations()
    if handed.infers:
        return Compiled(TorchAnswer(handed, device, made.compiled), made)
    return Compiled(TorchTrainer(handed, device, made.compiled(loss_of)), made)
