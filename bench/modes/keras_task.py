"""A task in Keras' hands: a person's own keras.Model, or the twin of one of ours. Not a mode itself.

The twin has the same architecture, initial weights and batches, in Keras' layers with Keras' Adam.
"""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from bench.errors import NotApplicable
from bench.modes import inspection
from cifar_core.inference import Inference
from cifar_core.optimizers import KerasOptimizer
from cifar_core.own_networks import KerasNetwork, Network
from cifar_core.own_step import FunctionTask
from cifar_core.own_train_step import OwnTrainStep

_NOT_TRAINED = {
    Inference: "inference is not training: keras_predict and keras_predict_on_batch are how Keras answers",
    FunctionTask: "a step of your own is not a keras.Model, and Keras trains nothing else",
}


class KerasTask:
    """A task as Keras trains it: the model, and its variables in the order of the task's."""

    own_step = False  # whether a person's own train_step is Keras' step

    def __init__(self, task: Any, model: Any, weights: list[Any], averages: list[Any], optimizer: Any) -> None:
        self.inputs, self.model, self.train_step = task.inputs, model, model.train_step
        self.weights, self.averages = tuple(weights), tuple(averages)
        self.optimizer = KerasOptimizer(optimizer, weights)
        self.random_layers, self.computes_in = task.random_layers, task.computes_in

    def state(self) -> tuple[Any, ...]:
        """Every variable that changes while training, the weights first."""
        return (*self.weights, *self.model.non_trainable_variables, *self.optimizer.state())


class KerasOwnStep:
    """A task with a person's own train_step, as Keras trains it."""

    own_step = True

    def __init__(self, task: OwnTrainStep, steps_per_execution: int, **options: bool) -> None:
        """Sets what compile() would set: the person has called it, with values of their own."""
        self.model, self.train_step, self.inputs = task.keras_model, task.train_step, task.inputs
        self.weights, self.averages, self.state = task.weights, task.averages, task.state
        self.optimizer, self.random_layers, self.computes_in = task.optimizer, task.random_layers, task.computes_in
        self.model.steps_per_execution = steps_per_execution
        self.model.run_eagerly = options.get("run_eagerly", False)
        self.model.jit_compile = options.get("jit_compile", False)


def twin(task: Any) -> tuple[Any, list[Any], list[Any]]:
    """A built-in model in Keras' layers, with the task's weights; its weights and averages in the task's order."""
    if not hasattr(task.model, "keras_logits"):
        raise NotApplicable(f"{type(task.model).__name__} has no Keras version")
    keras.config.set_dtype_policy("float32" if task.precision == "tf32" else task.precision)  # before any layer is made
    image = keras.Input((32, 32, 3))
    model = keras.Model(image, task.model.keras_logits(image))
    by_name = {"_".join(v.path.split("/")[-2:]): v for v in model.variables}
    weights, averages = ([by_name[v.name.split(":")[0]] for v in ours] for ours in (task.weights, task.averages))
    inspection.write(weights, inspection.read(task.weights))
    return model, weights, averages


def _twin(task: Any, **options: Any) -> KerasTask:
    model, weights, averages = twin(task)
    optimizer = _adam(task.optimizer)
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True), **options)
    return KerasTask(task, model, weights, averages, optimizer)


class DenseAdam(keras.optimizers.Adam):
    """Keras' Adam on dense gradients, as ours takes them.

    Of an embedding's sparse gradient Keras squares the parts of a row before they are added up, not their sum.
    """

    def apply(self, grads: Any, trainable_variables: Any = None) -> Any:
        dense = [tf.convert_to_tensor(gradient) for gradient in grads]
        return super().apply(dense, trainable_variables)


def _adam(ours: Any) -> Any:
    """Keras' Adam with our settings as float32, for Keras computes 1 - beta in Python.

    TensorFlow's fused Adam computes it in float32, and 1 - 0.999 differs there by 1.3e-5 of itself.
    """
    beta_1, beta_2, epsilon = (float(np.float32(value)) for value in (ours.beta1, ours.beta2, ours.epsilon))
    return DenseAdam(ours.learning_rate, beta_1, beta_2, epsilon)


def _own(task: Any, **options: Any) -> KerasTask:
    """A person's own keras.Model, that very object, compiled again for this mode with the loss it has."""
    if not isinstance(task.model, KerasNetwork):
        raise NotApplicable(f"{type(task.model.model).__name__} is not a keras.Model")
    model = task.model.model
    given = isinstance(task.optimizer, KerasOptimizer)
    optimizer = task.optimizer.optimizer if given else _adam(task.optimizer)
    model.compile(optimizer, **options)
    return KerasTask(task, model, list(task.weights), list(task.averages), optimizer)


def kerasised(task: Any, **options: Any) -> Any:
    """The KerasTask or KerasOwnStep that Keras trains. Raises NotApplicable where Keras cannot hold the task."""
    if isinstance(task, Inference | FunctionTask):
        raise NotApplicable(_NOT_TRAINED[type(task)])
    if isinstance(task, OwnTrainStep):
        return KerasOwnStep(task, **options)
    if task.precision == "mixed_float16":
        raise NotApplicable("Keras scales a float16 loss by its own, changing factor")
    if isinstance(task.model, Network):
        return _own(task, **options)
    return _twin(task, **options)
