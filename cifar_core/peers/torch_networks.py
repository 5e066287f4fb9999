"""The built-in networks in PyTorch. A module's `kernel` and `bias` are TensorFlow's `<module>_kernel` and so on.

Images come as [n, 3, 32, 32] in channels-last memory, in which flattening in TensorFlow's order moves nothing.
"""

from collections.abc import Callable
from typing import Any

from torch import nn
from torch.nn import functional


class TorchTutorialCNN(nn.Module):
    """Three blocks of convolution and pooling (32, 64, 128 filters), a dense layer of 256, logits."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 32, 3, padding=1)
        self.conv2 = nn.Conv2d(32, 64, 3, padding=1)
        self.conv3 = nn.Conv2d(64, 128, 3, padding=1)
        self.hidden = nn.Linear(4 * 4 * 128, 256)
        self.logits = nn.Linear(256, 10)

    def forward(self, x: Any) -> Any:
        for convolution in (self.conv1, self.conv2, self.conv3):
            x = functional.max_pool2d(functional.relu(convolution(x)), 2)
        return self.logits(functional.relu(self.hidden(flattened(x))))


class TorchMLP(nn.Module):
    """Four dense layers of 128."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden1 = nn.Linear(3 * 32 * 32, 128)
        self.hidden2 = nn.Linear(128, 128)
        self.hidden3 = nn.Linear(128, 128)
        self.hidden4 = nn.Linear(128, 128)
        self.logits = nn.Linear(128, 10)

    def forward(self, x: Any) -> Any:
        x = flattened(x)
        for layer in (self.hidden1, self.hidden2, self.hidden3, self.hidden4):
            x = functional.relu(layer(x))
        return self.logits(x)


def flattened(x: Any) -> Any:
    """[n, c, h, w] -> [n, h * w * c], the order of TensorFlow's images."""
    return x.permute(0, 2, 3, 1).flatten(1)


NETWORKS: dict[str, Callable[[], nn.Module]] = {"tutorial_cnn": TorchTutorialCNN, "mlp": TorchMLP}

_KERNEL = {4: (3, 2, 0, 1), 2: (1, 0)}  # TensorFlow's axes in PyTorch's order: HWIO -> OIHW, [in, out] -> [out, in]
_NAMES = {"weight": "kernel", "bias": "bias"}


def layout(values: Any) -> Any:
    """An array of TensorFlow's in PyTorch's layout."""
    return values.transpose(_KERNEL[values.ndim]) if values.ndim > 1 else values


def layout_back(values: Any) -> Any:
    """An array of PyTorch's in TensorFlow's layout."""
    axes = _KERNEL.get(values.ndim)
    return values.transpose([axes.index(axis) for axis in range(values.ndim)]) if axes else values


def by_name(network: nn.Module) -> dict[str, Any]:
    """The network's parameters by TensorFlow's names."""
    parts = ((*path.rsplit(".", 1), parameter) for path, parameter in network.named_parameters())
    return {f"{module}_{_NAMES[kind]}": parameter for module, kind, parameter in parts}


def loss_of(network: nn.Module, images: Any, labels: Any) -> Any:
    """Mean softmax cross-entropy (nats)."""
    return functional.cross_entropy(network(images), labels)
