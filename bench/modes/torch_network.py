"""A network of PyTorch with what was handed over, and what is asked of it. No mode itself."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch
from torch.utils._python_dispatch import TorchDispatchMode

from bench.errors import NotApplicable
from bench.modes.peer_task import PeerVariable, write
from cifar_core.handed_over import HandedOver
from cifar_core.peers.torch_networks import NETWORKS, by_name, layout, layout_back

FORM = f"PyTorch {torch.__version__}, channels last, OMP_WAIT_POLICY=PASSIVE"


def network_of(handed: HandedOver, device: torch.device) -> Any:
    """The network on the device, with the weights and averages that were handed over.

    Raises NotApplicable where it is not written in PyTorch.
    """
    if handed.model not in NETWORKS:
        raise NotApplicable(f"{handed.model} is not written in PyTorch here")
    network = NETWORKS[handed.model]().to(device, memory_format=torch.channels_last)
    values = {**handed.weights, **handed.averages}
    write(variables(by_name(network), list(values)), list(values.values()))
    return network


def images_of(handed: HandedOver, device: torch.device) -> list[Any]:
    """The batches of images, [n, 3, 32, 32] in channels-last memory on the device."""
    images = [torch.from_numpy(batch.transpose(0, 3, 1, 2).copy()) for batch in handed.images]
    return [batch.to(device).contiguous(memory_format=torch.channels_last) for batch in images]


def variable(name: str, tensor: Any) -> PeerVariable:
    """A tensor of PyTorch's as an array in TensorFlow's layout."""

    def get() -> Any:
        return layout_back(tensor.detach().cpu().numpy())

    def put(value: Any) -> None:
        with torch.no_grad():
            tensor.copy_(torch.from_numpy(np.ascontiguousarray(layout(np.asarray(value)))))

    return PeerVariable(name, tuple(get().shape), get, put)


def variables(tensors: dict[str, Any], names: Sequence[str]) -> tuple[PeerVariable, ...]:
    """Those of these names, in their order."""
    return tuple(variable(name, tensors[name]) for name in names)


def waited(tensor: Any, device: torch.device) -> Any:
    """The tensor's values as an array, once the device has done all that it was asked for."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return tensor.detach().cpu().numpy()


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
