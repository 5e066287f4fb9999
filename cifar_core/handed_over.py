"""A TensorFlow task as arrays in a file: what a framework other than TensorFlow needs to train the same.

Leaves out how it is taken from TensorFlow (bench/worker/handover.py) and how it is trained (bench/modes).
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from cifar_core.workload import INFER, TRAIN

_WEIGHT, _AVERAGE, _SETTING = "weight:", "average:", "setting:"
_TEXTS = ("model", "task", "keras_model", "loss", "refused")


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Arrays in TensorFlow's layouts, by TensorFlow's names, in the task's order.

    `task` is the workload's: training, or inference, which has neither labels nor settings. `images` float32
    [count, batch, 32, 32, 3] and `labels` int64 [count, batch] repeat after `count` steps; of a person's own model they
    may be any inputs and labels. `averages` are the variables that change while training without being trained.
    `settings` are Adam's in force, by Keras' names. `keras_model` is the network in Keras' own JSON, '' where Keras has
    none; `loss` likewise, of a person's own model only. `refused` says why the task is TensorFlow's alone; then there
    is nothing else.
    """

    model: str
    weights: dict[str, Any] = field(default_factory=dict)
    averages: dict[str, Any] = field(default_factory=dict)
    images: Any = ()
    labels: Any = ()
    settings: dict[str, float] = field(default_factory=dict)
    keras_model: str = ""
    loss: str = ""
    refused: str = ""
    task: str = TRAIN

    @property
    def infers(self) -> bool:
        """Whether the model only answers."""
        return self.task == INFER

    @property
    def own_model(self) -> bool:
        """Whether the model is a person's own."""
        return ":" in self.model

    def save(self, path: Path) -> None:
        """Write the file, which `load` reads."""
        groups = ((_WEIGHT, self.weights), (_AVERAGE, self.averages), (_SETTING, self.settings))
        named = {f"{prefix}{name}": values for prefix, group in groups for name, values in group.items()}
        texts = {name: getattr(self, name) for name in _TEXTS}
        arrays: dict[str, Any] = {"images": self.images, "labels": self.labels, **texts, **named}
        np.savez(path, **arrays)

    def digested(self) -> list[Any]:
        """The batches by the arrays that TensorFlow's modes digest: CIFAR-10's as a whole, others pair by pair."""
        if self.infers:
            return [self.images]
        if self.images.shape[2:] == (32, 32, 3) and self.labels.dtype == np.int64:
            return [self.images, self.labels.astype(np.int32)]
        return [array for pair in zip(self.images, self.labels, strict=True) for array in pair]


def load(path: Path) -> HandedOver:
    """The task in the file. Raises OSError."""
    with np.load(path) as file:
        values = {name: file[name] for name in file.files}

    def group(prefix: str) -> dict[str, Any]:
        return {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}

    return HandedOver(
        weights=group(_WEIGHT),
        averages=group(_AVERAGE),
        settings={name: float(value) for name, value in group(_SETTING).items()},
        images=values["images"],
        labels=values["labels"],
        **{name: str(values[name]) for name in _TEXTS},
    )
