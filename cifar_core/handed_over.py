"""A TensorFlow task as arrays in a file: what a framework other than TensorFlow needs to train the same.

Leaves out how it is taken from TensorFlow (bench/worker/handover.py) and how it is trained (bench/modes).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

_WEIGHT, _AVERAGE, _SETTING = "weight:", "average:", "setting:"


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Arrays in TensorFlow's layouts, by TensorFlow's names, in the task's order.

    `images` float32 [count, batch, 32, 32, 3] and `labels` int64 [count, batch] repeat after `count` steps. `averages`
    are the variables that change while training without being trained. `settings` are Adam's in force, by Keras' names.
    `keras_model` is the network in Keras' own JSON.
    """

    model: str
    weights: dict[str, Any]
    averages: dict[str, Any]
    images: Any
    labels: Any
    settings: dict[str, float]
    keras_model: str = ""

    def save(self, path: Path) -> None:
        """Write the file, which `load` reads."""
        groups = ((_WEIGHT, self.weights), (_AVERAGE, self.averages), (_SETTING, self.settings))
        named = {f"{prefix}{name}": values for prefix, group in groups for name, values in group.items()}
        texts = {"model": self.model, "keras_model": self.keras_model}
        arrays: dict[str, Any] = {"images": self.images, "labels": self.labels, **texts, **named}
        np.savez(path, **arrays)


def load(path: Path) -> HandedOver:
    """The task in the file. Raises OSError."""
    with np.load(path) as file:
        values = {name: file[name] for name in file.files}

    def group(prefix: str) -> dict[str, Any]:
        return {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}

    settings = {name: float(value) for name, value in group(_SETTING).items()}
    images, labels, keras_model = values["images"], values["labels"], str(values["keras_model"])
    return HandedOver(str(values["model"]), group(_WEIGHT), group(_AVERAGE), images, labels, settings, keras_model)
