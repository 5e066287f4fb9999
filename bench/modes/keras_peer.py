"""Keras' own loop on another backend than TensorFlow's: what those modes share. No mode itself.

As in Keras' loop on TensorFlow (keras_loop.py), one `fit` without end runs in a thread and waits at a gate between
slices. Batches come from the host, as there. The network is Keras' own, from its JSON.
"""

import json
import threading
from collections.abc import Iterator
from itertools import cycle
from typing import Any

import keras
import numpy as np

from bench.errors import NotApplicable
from bench.modes.keras_gate import FitEnded, FitGate, StepWatch
from bench.modes.peer_task import PeerAdam, PeerInputs, PeerTask, PeerVariable
from cifar_core.handed_over import HandedOver

ENDLESS = 2**40  # steps: more than any run takes


class KerasPeer:
    """A step is one step of `fit`. A backend says how its state is settled, what it traced and what it called."""

    def __init__(self, handed: HandedOver, device: Any) -> None:
        """On `device`, which is the framework's default by now."""
        self._handed = handed
        self.model = _rebuilt(handed)
        settings = handed.settings
        betas = settings["beta_1"], settings["beta_2"]
        optimizer = keras.optimizers.Adam(settings["learning_rate"], *betas, settings["epsilon"])
        self.model.compile(optimizer, _loss(handed))
        optimizer.build(self.model.trainable_variables)
        self.task = _task(self.model, handed)
        self.write(self.task.weights, list(handed.weights.values()))
        self.write(self.task.averages, list(handed.averages.values()))
        self._gate: FitGate | None = None
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

    def _begin(self) -> FitGate:
        """Start the fit without end, from the step that was reached."""
        gate = FitGate()
        self._thread = threading.Thread(target=self._fit, args=[gate, self._done], daemon=True)
        self._thread.start()
        return gate

    def _fit(self, gate: FitGate, first: int) -> None:
        try:
            batches = self._batches(first)
            self.model.fit(batches, steps_per_epoch=ENDLESS, shuffle=False, verbose=0, callbacks=[gate])
            raise RuntimeError("Keras' fit ended by itself")
        except FitEnded:
            pass
        except BaseException as error:
            gate.broke(error)

    def run(self, steps: int, watch: StepWatch | None = None) -> None:
        """`watch` sees what the first step calls."""
        self._gate = self._gate or self._begin()
        self._gate.let(0)
        self.settle()
        self.model.reset_metrics()  # Keras' loss is a mean since the last reset
        self._gate.let(steps, watch)
        self._done += steps

    def rewind(self) -> None:
        """Ends the fit without end; the next one begins at the first batch and traces nothing again."""
        if self._gate:
            self._gate.end()
            self._thread.join()
        self._gate, self._done = None, 0

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


def _rebuilt(handed: HandedOver) -> Any:
    """The network on this backend. Raises NotApplicable where Keras cannot make it from its own description."""
    if not handed.keras_model:
        raise NotApplicable(f"{handed.model} has no twin in Keras' layers")
    try:
        return keras.models.model_from_json(handed.keras_model)
    except (TypeError, ValueError, NotImplementedError) as error:
        told = str(error).strip().splitlines()[0]
        raise NotApplicable(f"Keras cannot rebuild the model from its configuration: {told}") from error


def _loss(handed: HandedOver) -> Any:
    if not handed.loss:
        return keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return keras.losses.deserialize(json.loads(handed.loss))


def _by_name(model: Any, handed: HandedOver) -> dict[str, Any]:
    """The model's variables by the names of those that were handed over; an own model's have the same order."""
    if not handed.loss:
        return {"_".join(v.path.split("/")[-2:]): v for v in model.variables}
    averages = [v for v in model.non_trainable_variables if keras.backend.is_float_dtype(v.dtype)]
    names = (*handed.weights, *handed.averages)
    return dict(zip(names, (*model.trainable_variables, *averages), strict=True))


def _task(model: Any, handed: HandedOver) -> PeerTask:
    by_name = _by_name(model, handed)
    moments = {v.path.rpartition("/")[2]: v for v in model.optimizer.variables}

    def moment(name: str, which: str) -> PeerVariable:
        path = by_name[name].path.replace("/", "_")
        return _variable(f"{name}_{which}", moments[f"{path}_{which}"])

    adam = PeerAdam(
        _variable("iterations", model.optimizer.iterations),
        tuple(moment(name, "momentum") for name in handed.weights),
        tuple(moment(name, "velocity") for name in handed.weights),
        lambda: _settings(model.optimizer),
    )
    weights, averages = (tuple(_variable(name, by_name[name]) for name in g) for g in (handed.weights, handed.averages))
    return PeerTask(weights, averages, adam, PeerInputs(len(handed.images)))


def _settings(optimizer: Any) -> dict[str, float]:
    config = optimizer.get_config()
    names = ("learning_rate", "beta_1", "beta_2", "epsilon", "weight_decay")
    return {name: float(config[name]) for name in names if config.get(name)}


def _variable(name: str, variable: Any) -> PeerVariable:
    return PeerVariable(name, tuple(variable.shape), lambda: keras.ops.convert_to_numpy(variable), variable.assign)
