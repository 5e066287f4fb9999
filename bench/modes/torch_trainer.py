"""A network of PyTorch trained step by step: what the modes of PyTorch share. No mode itself.

In PyTorch's best form on a CPU: channels-last memory, and Adam as one fused kernel.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from bench.errors import NotApplicable
from bench.modes.peer_task import PeerInputs, PeerTask, read, write
from bench.modes.torch_adam import TorchAdam, variables
from bench.records.proof import Calls, Execution
from cifar_core.handed_over import HandedOver
from cifar_core.peers import torch_networks
from cifar_core.peers.torch_networks import NETWORKS, by_name

FORM = f"PyTorch {torch.__version__}, channels last, fused Adam, OMP_WAIT_POLICY=PASSIVE"
Loss = Callable[[Any, Any, Any], Any]  # network, images and labels -> scalar


class TorchTrainer:
    """A step is a forward pass, a backward pass and the optimizer's update."""

    read, write = staticmethod(read), staticmethod(write)

    def __init__(self, handed: HandedOver, device: torch.device, loss_of: Loss = torch_networks.loss_of) -> None:
        if handed.model not in NETWORKS:
            raise NotApplicable(f"{handed.model} is not written in PyTorch here")
        self._network = NETWORKS[handed.model]().to(device, memory_format=torch.channels_last)
        tensors, names = by_name(self._network), list(handed.weights)
        self._adam = TorchAdam({name: tensors[name] for name in names}, handed.settings)
        self._images, self._labels = _batches(handed, device)
        inputs = PeerInputs(len(handed.images))
        averages = variables(tensors, list(handed.averages))
        self.task = PeerTask(variables(tensors, names), averages, self._adam.as_variables(), inputs)
        write(self.task.weights, list(handed.weights.values()))
        write(averages, list(handed.averages.values()))
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
        if self._device.type == "cuda":
            torch.cuda.synchronize(self._device)
        return float(self._loss.detach())

    def tracing_us(self) -> int:
        return 0

    def traces(self) -> int:
        return 0

    def execution(self) -> Execution:
        return Execution(devices=devices([self._loss, *self._network.parameters()]), library=FORM)

    def calls(self) -> Calls:
        ops = TorchOps()
        ops.begin()
        self.run(1)
        ops.end()
        return Calls(ops.count, ops.updates, ())


class TorchOps(TorchDispatchMode):
    """Counts the ops that PyTorch runs one by one, and those of them that change one of their arguments."""

    def __init__(self) -> None:
        super().__init__()
        self.count = self.updates = 0

    def begin(self) -> None:
        """As on entering `with`; the step that is seen ends in another call."""
        self.__enter__()

    def end(self) -> None:
        """As on leaving `with`."""
        self.__exit__(None, None, None)

    def __torch_dispatch__(self, op: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        self.count += 1
        self.updates += bool(op._schema.is_mutable)
        return op(*args, **(kwargs or {}))


def devices(tensors: list[Any]) -> tuple[str, ...]:
    """Where the tensors are, spelled as TensorFlow's devices end: `device:CPU:0`."""
    places = {(tensor.device.type.replace("cuda", "gpu").upper(), tensor.device.index or 0) for tensor in tensors}
    return tuple(f"device:{kind}:{number}" for kind, number in sorted(places))


def _batches(handed: HandedOver, device: torch.device) -> tuple[list[Any], list[Any]]:
    images = [torch.from_numpy(batch.transpose(0, 3, 1, 2).copy()) for batch in handed.images]
    kept = [batch.to(device).contiguous(memory_format=torch.channels_last) for batch in images]
    return kept, [torch.from_numpy(batch).to(device) for batch in handed.labels]
