"""A person's own model, named `package.module:factory`, made into a task like any other.

The factory takes no argument and returns a model, or a dict with "model" and any of "loss", "optimizer", "batch":

model      a tf.Module, any callable with `trainable_variables`, or a keras.Model. Called as model(inputs), a
           keras.Model with training=True; gives the outputs, which are logits unless a loss says otherwise.
loss       loss(labels, outputs) -> a scalar or one number an example, of which the mean is taken. Default: softmax
           cross-entropy of logits [n, classes] and whole labels [n]. A compiled keras.Model brings its own.
optimizer  a keras.optimizers.Optimizer. Default: Adam with a rate of 1e-3. A compiled keras.Model brings its own.
batch      batch(batch_size, seed) -> a list, or anything to iterate, of pairs (inputs, labels); used again from its
           start when it ends (own_batches.py). Default: CIFAR-10, float32 [batch, 32, 32, 3] and int64 [batch].

A keras.Model with a `train_step`, `compute_loss` or `compile` of its own is trained by that step in every mode, and so
is one whose optimizer scales its loss or gathers gradients, or whose batches are not pairs (own_train_step.py).

Python's, NumPy's and TensorFlow's seeds are set before each call of the factory, and it is called twice: once to see
what it gives, and once more, timed as building, in the mode itself. A TF1 graph draws other random numbers from the
same seed, so there the second model's variables get the first one's values. A model that makes its variables when it is
first called is called once on zeros. Imports and runs the person's code: only in a child process.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import tensorflow as tf

from cifar_core.errors import ModelError, Unsuited
from cifar_core.inference import Inference, without_labels
from cifar_core.inputs import Inputs, keep
from cifar_core.optimizers import Adam, KerasOptimizer
from cifar_core.own_batches import OwnBatches
from cifar_core.own_code import find, set_seeds
from cifar_core.own_networks import CALLED, KerasNetwork, Network, StaticNetwork
from cifar_core.own_state import is_keras
from cifar_core.training import PRECISIONS, Loss, Task, cast
from cifar_core.workload import INFER, Workload

_UNPAIRED = "its batches are not pairs of inputs and labels"
PAIR = 2  # inputs and labels; what else a batch holds, such as weights of examples, is a matter of Keras' own step


@dataclass(frozen=True, slots=True)
class Own:
    """What a factory gave, checked."""

    model: Any
    loss: Any = None
    optimizer: Any = None
    batch: Callable[[int, int], Any] | None = None

    @property
    def is_keras(self) -> bool:
        """Whether it is a keras.Model."""
        return is_keras(self.model, "Model")

    @property
    def own_step(self) -> str:
        """What Keras' `train_step` of this model does that ours would not; '' for nothing."""
        if not self.is_keras:
            return ""
        from cifar_core import own_keras

        return own_keras.own_step(self.model, self.optimizer)


class OwnModel:
    """A workload's own model: imported, called once and found sound. Not to be made in a graph. Raises ModelError."""

    def __init__(self, workload: Workload) -> None:
        self._workload = workload
        set_seeds(workload.seed)
        self._factory = find(workload.model, f"a function that returns {CALLED}")
        own = self._call()
        self.is_keras, self._infers = own.is_keras, workload.task == INFER
        made = partial(self._made, own.batch) if own.batch else None
        self.batches = OwnBatches(made, pairs=not (own.is_keras or self._infers)) if made else None
        unpaired = self.batches is not None and len(self.batches.signature) != PAIR
        self._own_step = "" if self._infers else own.own_step or _UNPAIRED * (own.is_keras and unpaired)
        # Each variable's first value, let go of when the task is made.
        self._values: list[Any] | None = None if self._own_step else [v.numpy() for v in self._network(own).variables]

    def task(self, inputs: Callable[[Callable[[Any], Any]], Inputs], hold: Callable[[Any], Any] = keep) -> Any:
        """The task in the current graph, or eagerly. Raises Unsuited where a TF1 graph cannot hold it."""
        values, self._values = self._values, None
        if tf.executing_eagerly():
            return self._task(self._call(), inputs(hold))
        if self.is_keras:
            raise Unsuited("Keras 3 makes its variables and runs its layers outside a tf.Graph and its Session")
        task = self._task(self._call(), inputs(hold), in_graph=True)
        task.initial = list(zip(task.model.variables, values or (), strict=True))
        return task

    def _made(self, batch: Callable[[int, int], Any]) -> Any:
        batches = batch(self._workload.batch_size, self._workload.seed)
        return without_labels(batches) if self._infers else batches

    def _call(self) -> Own:
        set_seeds(self._workload.seed)
        return _checked(self._factory())

    def _task(self, own: Own, inputs: Inputs, in_graph: bool = False) -> Any:
        if self._own_step:
            from cifar_core import own_keras
            from cifar_core.own_train_step import OwnTrainStep

            return OwnTrainStep(own_keras.ready(own.model, own.loss, own.optimizer), inputs, self._own_step)
        if in_graph and own.optimizer is not None and not self._infers:
            raise Unsuited("Keras 3 makes its optimizers' variables outside a tf.Graph; without one it works")
        network = self._network(own, in_graph)
        if in_graph and any(hasattr(variable.handle, "numpy") for variable in network.variables):
            raise Unsuited("its variables are made outside the factory, so a tf.Graph cannot have its own")
        if self._infers:
            return Inference(network, inputs, self._workload.precision)
        loss, optimizer = own.loss and partial(_mean, own.loss), own.optimizer
        if own.is_keras:
            from cifar_core import own_keras

            loss, optimizer = own_keras.compiled(own.model, own.loss, optimizer)
        weights = network.trainable_variables
        used = KerasOptimizer(optimizer, weights) if optimizer is not None else OwnAdam(weights)
        return Task(network, used, inputs, self._workload.precision, loss)

    def _network(self, own: Own, in_graph: bool = False) -> "Network":
        kind = KerasNetwork if own.is_keras else StaticNetwork if in_graph else Network
        return kind(own.model, self._example)

    def _example(self) -> Any:
        """Zeros in the form of the inputs."""
        cifar = tf.TensorSpec([self._workload.batch_size, 32, 32, 3], tf.float32)
        spec = self.batches.signature[0] if self.batches else cifar
        made = tf.nest.map_structure(lambda x: tf.zeros(x.shape, x.dtype) if isinstance(x, tf.TensorSpec) else x, spec)
        return cast(made, PRECISIONS[self._workload.precision].compute)


class OwnAdam(Adam):
    """Adam that takes what own models' gradients may be: sparse, or None for a weight that the loss does not meet."""

    def apply(self, gradients: Sequence[Any]) -> list[Any]:
        return super().apply(
            [
                tf.zeros(variable.shape, variable.dtype) if gradient is None else tf.convert_to_tensor(gradient)
                for variable, gradient in zip(self.variables, gradients, strict=True)
            ]
        )


def _checked(given: Any) -> Own:
    """Raises ModelError where it is not what a factory must return."""
    known = [field.name for field in fields(Own)]
    if isinstance(given, dict):
        if "model" not in given or set(given) - set(known):
            has = ", ".join(map(str, given))
            raise ModelError(f"the factory's dict has {has}; it must have model, and may have {', '.join(known[1:])}")
        own = Own(**given)
    else:
        own = Own(given)
    if not callable(own.model) or not hasattr(own.model, "trainable_variables"):
        raise ModelError(f"the factory returned {_a(own.model)}, which is not a model; it must be {CALLED}")
    if own.optimizer is not None and not hasattr(own.optimizer, "apply_gradients"):
        raise ModelError(f"the factory's optimizer is {_a(own.optimizer)}; it must be a keras.optimizers.Optimizer")
    for name, value in (("loss", own.loss), ("batch", own.batch)):
        if value is not None and not callable(value) and not (own.is_keras and name == "loss"):
            raise ModelError(f"the factory's {name} is {_a(value)}; it must be a function")
    return own


def _a(value: Any) -> str:
    return "None (is a `return` missing?)" if value is None else f"{type(value).__name__} {value!r}"[:60]


def _mean(loss: Loss, labels: Any, outputs: Any) -> Any:
    return tf.reduce_mean(loss(labels, outputs))
