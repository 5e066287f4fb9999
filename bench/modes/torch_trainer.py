"""A network of PyTorch trained step by step: what the modes of PyTorch share in training. No mode itself.

In PyTorch's best form on a CPU: channels-last memory, and Adam as one fused kernel.
"""

from collections.abc import Callable
from typing import Any

import torch

from bench.modes.peer_task import PeerInputs, PeerTask, read, write
from bench.modes.torch_adam import TorchAdam
from bench.modes.torch_network import FORM, TorchOps, devices, images_of, network_of, variables, waited
from bench.records.proof import Calls, Execution
from cifar_core.handed_over import HandedOver
from cifar_core.peers import torch_networks
from cifar_core.peers.torch_networks import by_name

Loss = Callable[[Any, Any, Any], Any]  # network, images and labels -> scalar


class TorchTrainer:
    """A step is a forward pass, a backward pass and the optimizer's update."""

    read, write = staticmethod(read), staticmethod(write)

    def __init__(self, handed: HandedOver, device: torch.device, loss_of: Loss = torch_networks.loss_of) -> None:
        self._network = network_of(handed, device)
        tensors, names = by_name(self._network), list(handed.weights)
        self._adam = TorchAdam({name: tensors[name] for name in names}, handed.settings)
        self._images = images_of(handed, device)
        self._labels = [torch.from_numpy(batch).to(device) for batch in handed.labels]
        inputs, averages = PeerInputs(len(handed.images)), variables(tensors, list(handed.averages))
        self.task = PeerTask(variables(tensors, names), averages, self._adam.as_variables(), inputs)
        self._loss_of, self._done, self._device = loss_of, 0, device

    def trace(self) -> None:
        pass

    def run(self, steps: int) -> None:
        for number in range(self._done, self._done + steps):
            self.step_again(number)
        self._done += steps

    def step_again(self, number: int) -> None:
        place = number % self.task.inputs.period
        self._adam.forget_gradients()
        self._loss = self._loss_of(self._network, self._images[place], self._labels[place])
        self._loss.backward()
        self._adam.update()

    def rewind(self) -> None:
        self._done = 0

    def sync(self) -> float:
        return float(waited(self._loss, self._device))

    def tracing_us(self) -> int:
        return 0

    def traces(self) -> int:
        return 0

    def execution(self) -> Execution:
        return Execution(devices=devices([self._loss, *self._network.parameters()]), library=f"{FORM}, fused Adam")

    def calls(self) -> Calls:
        ops = TorchOps()
        ops.begin()
        self.run(1)
        ops.end()
        return Calls(ops.count, ops.updates, ())
