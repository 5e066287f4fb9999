"""Inference: a task whose step is a model's answer to a batch that lies ready. Nothing is trained."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from cifar_core import models
from cifar_core.inputs import Inputs, keep
from cifar_core.own_batches import OwnBatches
from cifar_core.pipeline import Batches
from cifar_core.tensors import tensors
from cifar_core.training import PRECISIONS, cast
from cifar_core.workload import Workload


class Untrained:
    """In the place of an optimizer: it has no state but a count that stays 0, and the weights' change is none."""

    by_change = True
    squares: tuple[Any, ...] = ()

    def __init__(self, weights: Sequence[Any]) -> None:
        self.iterations = tf.Variable(np.int64(0), trainable=False, name="iterations")
        self.slots: tuple[Any, ...] = ()
        self._weights = len(weights)

    def first_gradients(self, _: Sequence[np.ndarray]) -> list[np.ndarray]:
        return [np.zeros(1)] * self._weights

    def state(self) -> tuple[Any, ...]:
        return (self.iterations,)

    def hyperparameters(self) -> dict[str, float]:
        return {}


class Inference:
    """`model` is one of ours, or a person's own as own_networks.py holds it; the outputs take the place of the loss."""

    first_step = 0
    random_layers: tuple[str, ...] = ()

    def __init__(self, model: Any, inputs: Inputs, precision: str, initial: Sequence[tuple[Any, Any]] = ()) -> None:
        self.model, self.inputs, self.precision, self.initial = model, inputs, precision, initial
        self.weights = tuple(model.trainable_variables)
        self.averages: tuple[Any, ...] = ()
        self.optimizer = Untrained(self.weights)
        self.computes_in: str = getattr(model, "computes_in", "")
        self._nothing = tf.constant(0.0)

    def step(self, inputs: Any) -> tuple[Any, list[Any]]:
        """The outputs for a batch, in float32; nothing is updated."""
        outputs = self.model(cast(inputs, PRECISIONS[self.precision].compute))
        return tensors(cast(outputs, "float32"), self._nothing), []

    def before_steps(self) -> Any:
        """What stands for the outputs before the first step of a loop in a graph."""
        like = tf.function(lambda: self.step(*self.inputs.again(0))[0], autograph=False).get_concrete_function()
        return tf.nest.map_structure(lambda output: tf.zeros(output.shape, output.dtype), like.structured_outputs)

    def begin_run(self) -> None:
        """Nothing to do before some steps in a row."""

    def state(self) -> tuple[Any, ...]:
        """The weights and what else the model holds: all of it must stay as it is."""
        return (*self.weights, *self.model.non_trainable_variables, *self.optimizer.state())


def builtin_inference(
    workload: Workload, inputs: Callable[[Callable[[Any], Any]], Inputs], hold: Callable[[Any], Any] = keep
) -> Inference:
    """One of our models, with the weights it would begin its training with."""
    return Inference(models.load(workload.model)(workload.seed), inputs(hold), workload.precision)


def images_of(batches: Batches) -> OwnBatches:
    """The images of CIFAR-10's batches, as tensors that lie ready. Not to be made in a graph."""
    return OwnBatches(lambda: list(batches.images), pairs=False)


def without_labels(batches: Iterable[Any]) -> list[Any] | Iterator[Any]:
    """The inputs alone of batches that are pairs, or that are inputs already: a list of a list."""
    inputs = ((batch[0] if isinstance(batch, list | tuple) else batch,) for batch in batches)
    return list(inputs) if isinstance(batches, list | tuple) else inputs
