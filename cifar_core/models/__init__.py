"""The models, one file each. To add one: write its file with `build(seed)`, then add its row here."""

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True, slots=True)
class ModelRow:
    """A model by name; its file `cifar_core/models/<name>.py` holds `build`. `units` go into its last layer.

    `whitens`: whether it has a `first_kernel` [size, size, 3, filters], which a recipe may let start as such filters.
    """

    name: str
    title: str
    units: int
    whitens: bool = False


MODELS = (
    ModelRow("tutorial_cnn", "three 3x3 conv + pool blocks (32, 64, 128), dense 256: 620,362 weights", 256),
    ModelRow("mlp", "four dense layers of 128: 444,170 weights, so few that dispatch overhead shows", 128),
    ModelRow("transformer", "two encoder blocks on 16 patches, width 64, four heads: 80,714 weights", 64),
    ModelRow("gru", "a GRU of 128 over the image's 32 rows, its loop in the graph: 88,074 weights", 128),
    ModelRow("resnet9", "eight 3x3 convolutions with batch normalisation, two residual: 6,573,130 weights", 512, True),
)


def row(name: str) -> ModelRow:
    """The model's row. Raises KeyError for an unknown name."""
    return {model.name: model for model in MODELS}[name]


def load(name: str) -> Callable[[int], Any]:
    """The model's `build(seed) -> tf.Module` (images float32 [n, 32, 32, 3] -> logits [n, 10]). Imports TensorFlow."""
    build: Callable[[int], Any] = import_module(f"cifar_core.models.{name}").build
    return build
