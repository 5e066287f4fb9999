"""Keras' own loop on another backend than TensorFlow's: what those modes share. No mode itself.

As in Keras' loop on TensorFlow (keras_loop.py), one `fit` without end runs in a thread and waits at a gate between
slices. Batches come from the host, as there. The network is Keras' own, from its JSON.
"""

import json
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import keras
import numpy as np

from bench.modes.keras_gate import EndlessFit, StepWatch
from bench.modes.keras_rebuilt import by_name, rebuilt, variable_of
from bench.modes.peer_task import PeerAdam, PeerInputs, PeerTask, PeerVariable
from cifar_core.handed_over import HandedOver


class KerasPeer:
    """A step is one step of `fit`. A backend says how its state is settled, what it traced and what it called."""

    def __init__(self, handed: HandedOver, device: Any) -> None:
        """On `device`, which is the framework's default by now."""
        self._handed = handed
        self.model = rebuilt(handed)
        settings = handed.settings
        betas = settings["beta_1"], settings["beta_2"]
        optimizer = keras.optimizers.Adam(settings["learning_rate"], *betas, settings["epsilon"])
        self.model.compile(optimizer, _loss(handed))
        optimizer.build(self.model.trainable_variables)
        self.task = _task(self.model, handed)
        self.write(self.task.weights, list(handed.weights.values()))
        self.write(self.task.averages, list(handed.averages.values()))
        self._fit: EndlessFit | None = None
        self._done = 0

    def settle(self) -> None:
        """Make the model's variables hold what the steps so far have computed."""

    def read(self, variables: Any) -> list[Any]:
        """The variables' values as NumPy arrays."""
        self.settle()
        return [np.array(variable.get()) for variable in variables]

    def write(self, variables: Any, values: Any) -> None:
        """Give the variables these values."""
        self.settle()
        for variable, value in zip(variables, values, strict=True):
            variable.put(value)

    def trace(self) -> None:
        pass

    def _batches(self, first: int) -> Iterator[tuple[Any, Any]]:
        images, labels = self._handed.images, self._handed.labels
        places = cycle([*range(first % len(images), len(images)), *range(first % len(images))])
        return ((images[place], labels[place]) for place in places)

    def run(self, steps: int, watch: StepWatch | None = None) -> None:
        """`watch` sees what the first step calls."""
        self._fit = self._fit or EndlessFit(self.model, self._batches(self._done))  # from the step that was reached
        self._fit.let(0)
        self.settle()
        self.model.reset_metrics()  # Keras' loss is a mean since the last reset
        self._fit.let(steps, watch)
        self._done += steps

    def rewind(self) -> None:
        """Ends the fit without end; the next one begins at the first batch and traces nothing anew."""
        if self._fit:
            self._fit.end()
        self._fit, self._done = None, 0

    def step_again(self, number: int) -> None:
        """A fit of its own for one step, from there; the one without end goes on where it was."""
        done = self._done
        self.rewind()
        self._done = number
        self.run(1)
        self.rewind()
        self._done = done

    def sync(self) -> float:
        self.settle()
        self.read(self.task.weights[:1])  # waits for the last update
        return float(np.asarray(keras.ops.convert_to_numpy(self.model.get_metrics_result()["loss"])))


def _loss(handed: HandedOver) -> Any:
    if not handed.loss:
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return keras.losses.deserialize(json.loads(handed.loss))


def _task(model: Any, handed: HandedOver) -> PeerTask:
    found = by_name(model, handed)
    moments = {v.path.rpartition("/")[2]: v for v in model.optimizer.variables}

    def moment(name: str, which: str) -> PeerVariable:
        path = found[name].path.replace("/", "_")
        return variable_of(f"{name}_{which}", moments[f"{path}_{which}"])

    adam = PeerAdam(
        variable_of("iterations", model.optimizer.iterations),
        tuple(moment(name, "momentum") for name in handed.weights),
        tuple(moment(name, "velocity") for name in handed.weights),
        lambda: _settings(model.optimizer),
    )
    weights, averages = (tuple(variable_of(name, found[name]) for name in g) for g in (handed.weights, handed.averages))
    return PeerTask(weights, averages, adam, PeerInputs(len(handed.images)))


def _settings(optimizer: Any) -> dict[str, float]:
    config = optimizer.get_config()
    names = ("learning_rate", "beta_1", "beta_2", "epsilon", "weight_decay")
    return {name: float(config[name]) for name in names if config.get(name)}
