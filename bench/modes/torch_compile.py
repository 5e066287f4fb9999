"""torch.compile: the forward and the backward pass are compiled by TorchInductor; the update stays one fused kernel.

It differs from `torch_eager` in torch.compile.
"""

import time
from typing import Any

import torch
from torch._inductor.compile_fx import compile_fx  # what torch.compile calls by default, with what it is given noted

from bench.modes.torch_trainer import TorchTrainer
from bench.records.proof import Calls, Execution
from cifar_core.handed_over import HandedOver
from cifar_core.peers.torch_networks import loss_of


class CompiledTorchTrainer(TorchTrainer):
    """The loss is a compiled function of network, images and labels."""

    def __init__(self, handed: HandedOver, device: torch.device) -> None:
        self._graphs = self._nodes = self._called = 0
        self._tracing_s = 0.0
        super().__init__(handed, device, torch.compile(loss_of, backend=self._compiled))

    def _compiled(self, graph: Any, examples: Any) -> Any:
        """TorchInductor, which notes each graph that it compiles and each call of one."""
        start = time.perf_counter()
        program = compile_fx(graph, examples)
        self._tracing_s += time.perf_counter() - start
        self._graphs, self._nodes = self._graphs + 1, self._nodes + len(graph.graph.nodes)

        def call(*values: Any) -> Any:
            self._called += 1
            return program(*values)

        return call

    def tracing_us(self) -> int:
        return int(1e6 * self._tracing_s)

    def traces(self) -> int:
        return self._graphs

    def execution(self) -> Execution:
        plain = super().execution()
        return Execution(self._graphs, self._nodes, devices=plain.devices, library=f"{plain.library}, TorchInductor")

    def calls(self) -> Calls:
        before = self._called
        self.run(1)
        return Calls(0, 1, ("the compiled loss",) * (self._called - before))


open_trainer = CompiledTorchTrainer
