"""A network of PyTorch that only answers: what the modes of PyTorch share in inference. No mode itself."""

from collections.abc import Callable
from typing import Any

import torch

from bench.modes.peer_task import PeerInputs, PeerTask, PeerUntrained, read, write
from bench.modes.torch_network import FORM, TorchOps, devices, images_of, network_of, variables, waited
from bench.records.proof import Calls, Execution
from cifar_core.handed_over import HandedOver
from cifar_core.outputs import number
from cifar_core.peers.torch_networks import by_name

Network = Callable[[Any], Any]


def as_it_is(network: Network) -> Network:
    """Not compiled."""
    return network


class TorchAnswer:
    """A step is a forward pass in inference mode, with a normalisation's averages in place of the batch's."""

    read, write = staticmethod(read), staticmethod(write)

    def __init__(self, handed: HandedOver, device: torch.device, made: Callable[[Network], Network] = as_it_is) -> None:
        """`made`: what is called, made of the network."""
        network = network_of(handed, device).eval()
        tensors, others = by_name(network), tuple(handed.averages)
        weights, kept = variables(tensors, list(handed.weights)), variables(tensors, others)
        self.task = PeerTask(weights, (), PeerUntrained(len(weights)), PeerInputs(len(handed.images)), others=kept)
        self._images, self._call, self._device, self._done = images_of(handed, device), made(network), device, 0
        self._parameters = list(network.parameters())

    def trace(self) -> None:
        pass

    def run(self, steps: int) -> None:
        for place in range(self._done, self._done + steps):
            self.step_again(place)
        self._done += steps

    def step_again(self, number: int) -> None:
        with torch.inference_mode():
            self._answer = self._call(self._images[number % self.task.inputs.period])

    def rewind(self) -> None:
        self._done = 0

    def sync(self) -> float:
        return number(waited(self._answer, self._device))

    def tracing_us(self) -> int:
        return 0

    def traces(self) -> int:
        return 0

    def execution(self) -> Execution:
        return Execution(devices=devices([self._answer, *self._parameters]), library=f"{FORM}, inference mode")

    def calls(self) -> Calls:
        with TorchOps() as ops:
            self.run(1)
        return Calls(ops.count, ops.updates, ())
