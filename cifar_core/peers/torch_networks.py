"""The built-in networks in PyTorch. A module's `kernel` and `bias` are TensorFlow's `<module>_kernel` and so on.

Images come as [n, 3, 32, 32] in channels-last memory, in which flattening in TensorFlow's order moves nothing.
"""

from collections.abc import Callable
from typing import Any

from torch import nn
from torch.nn import functional

from cifar_core.resnet9_blocks import BLOCKS, SCALE


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


class TorchResNet9(nn.Module):
    """Eight convolutions with batch normalisation, two residual pairs; logits scaled by an eighth."""

    def __init__(self) -> None:
        super().__init__()
        for name, inputs, filters, _ in BLOCKS:
            self.add_module(name, nn.Conv2d(inputs, filters, 3, padding=1, bias=False))
            self.add_module(f"{name}_norm", nn.BatchNorm2d(filters, eps=1e-5, momentum=0.1))
        self.logits = nn.Linear(512, 10)

    def forward(self, x: Any) -> Any:
        entry = x
        for name, _, _, pooled in BLOCKS:
            entry = x if name.endswith("a") else entry
            x = functional.relu(self.get_submodule(f"{name}_norm")(self.get_submodule(name)(x)))
            x = functional.max_pool2d(x, 2) if pooled else x
            x = x + entry if name.endswith("b") else x
        return SCALE * self.logits(x.amax((2, 3)))


def flattened(x: Any) -> Any:
    """[n, c, h, w] -> [n, h * w * c], the order of TensorFlow's images."""
    return x.permute(0, 2, 3, 1).flatten(1)


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "tutorial_cnn": TorchTutorialCNN,
    "mlp": TorchMLP,
    "resnet9": TorchResNet9,
}

_KERNEL = {4: (3, 2, 0, 1), 2: (1, 0)}  # TensorFlow's axes in PyTorch's order: HWIO -> OIHW, [in, out] -> [out, in]
_NAMES = {"weight": "kernel", "bias": "bias"}
_NAMES_OF_NORM = {"weight": "gamma", "bias": "beta", "running_mean": "moving_mean", "running_var": "moving_variance"}


def layout(values: Any) -> Any:
    """An array of TensorFlow's in PyTorch's layout."""
    return values.transpose(_KERNEL[values.ndim]) if values.ndim > 1 else values


def layout_back(values: Any) -> Any:
    """An array of PyTorch's in TensorFlow's layout."""
    axes = _KERNEL.get(values.ndim)
    return values.transpose([axes.index(axis) for axis in range(values.ndim)]) if axes else values


def by_name(network: nn.Module) -> dict[str, Any]:
    """The network's parameters and moving averages by TensorFlow's names."""
    tensors = {**dict(network.named_parameters()), **dict(network.named_buffers())}
    named = {_name(*path.rsplit(".", 1)): tensor for path, tensor in tensors.items()}
    return {name: tensor for name, tensor in named.items() if name}


def _name(module: str, kind: str) -> str:
    """'' for a counter, which TensorFlow has not."""
    name = (_NAMES_OF_NORM if module.endswith("_norm") else _NAMES).get(kind, "")
    return f"{module}_{name}" if name else ""


def loss_of(network: nn.Module, images: Any, labels: Any) -> Any:
    """Mean softmax cross-entropy (nats)."""
    return functional.cross_entropy(network(images), labels)
