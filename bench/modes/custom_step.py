"""The training step that people write with Keras: what the modes with a custom loop share. Not a mode itself.

Keras' layers, a GradientTape and Keras' optimizer, as in Keras' guide "Writing a training loop from scratch in
TensorFlow". The model and the optimizer are those of Keras' own loop (keras_task.py).
"""

from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from bench.errors import NotApplicable
from bench.modes.keras_task import kerasised
from cifar_core.own_networks import Network
from cifar_core.own_train_step import OwnTrainStep


class CustomTask:
    """A task whose `step` is such a loop's body, with what else a trainer asks of a task."""

    def __init__(self, task: Any) -> None:
        """Raises NotApplicable where Keras cannot hold the task."""
        if isinstance(task, OwnTrainStep):
            raise NotApplicable(f"{task.why}: the other modes run its train_step, a custom loop does not")
        self._held: Any = kerasised(task)
        self._optimizer = self._held.optimizer.optimizer
        self._loss = _loss(task, self._held)
        self.inputs, self.model, self.weights = task.inputs, self._held.model, self._held.weights
        self.averages, self.state = self._held.averages, self._held.state
        self.optimizer, self.random_layers = self._held.optimizer, task.random_layers
        self.computes_in = task.computes_in
        self.begin_run, self.before_steps = task.begin_run, task.before_steps

    def step(self, *values: Any) -> tuple[Any, list[Any]]:
        """One update on the batch that `values` name: its loss before the update; no update ops, which have run."""
        inputs, labels, _ = self.inputs.batch(*values)
        with tf.GradientTape() as tape:
            outputs = self.model(inputs, training=True)
            loss = self._loss(labels, outputs)
        gradients = tape.gradient(loss, self.weights)
        self._optimizer.apply_gradients(zip(gradients, self.weights, strict=True))
        return loss, []


def _loss(task: Any, held: Any) -> Callable[[Any, Any], Any]:
    """loss(labels, outputs): a person's own model's as it is compiled, with the losses of its layers."""
    if isinstance(task.model, Network):
        return lambda labels, outputs: held.model.compute_loss(y=labels, y_pred=outputs)
    loss: Callable[[Any, Any], Any] = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return loss
