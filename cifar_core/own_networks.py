"""A person's own model with the interface of a built-in one, as `Task.step` calls it."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from cifar_core.errors import ModelError
from cifar_core.models.layers import TrainingMode
from cifar_core.own_state import settled

CALLED = "a tf.Module, a keras.Model, or any callable with `trainable_variables`"


class Network:
    """Any model. Where its variables may not all be there yet, it is called once, on an example, as for training."""

    def __init__(self, model: Any, example: Callable[[], Any]) -> None:
        self.model = model
        if not self._complete():
            self._call_once(example())
        self.trainable_variables = tuple(model.trainable_variables)
        self.non_trainable_variables = tuple(getattr(model, "non_trainable_variables", ()))
        if not self.trainable_variables:
            raise ModelError(f"the model has no trainable variables, so nothing can be trained; it must be {CALLED}")
        if strange := [v for v in self.variables if not hasattr(v, "handle")]:
            raise ModelError(f"the model's trainable_variables must be tf.Variables, not {type(strange[0]).__name__}")

    def __call__(self, inputs: Any, training: TrainingMode | None = None) -> Any:
        return self.model(inputs)

    @property
    def variables(self) -> tuple[Any, ...]:
        """All of them, always in the same order."""
        return (*self.trainable_variables, *self.non_trainable_variables)

    def _complete(self) -> bool:
        """Only a list of variables that was made beforehand is complete: a tf.Module may make some when called."""
        return not isinstance(self.model, tf.Module) and bool(tuple(self.model.trainable_variables))

    def _call_once(self, example: Any) -> None:
        settled(lambda: self(example, TrainingMode(lambda x: x)), self.model)


class KerasNetwork(Network):
    """A keras.Model, which is called with `training`."""

    def __call__(self, inputs: Any, training: TrainingMode | None = None) -> Any:
        return self.model(inputs, training=training is not None)

    @property
    def computes_in(self) -> str:
        """The precision of its own policy, where that is not float32."""
        from cifar_core import own_keras

        return own_keras.computes_in(self.model)

    @property
    def random_layers(self) -> tuple[str, ...]:
        """The kinds of its layers that draw random numbers in training."""
        from cifar_core import own_keras

        return own_keras.random_layers(self.model)

    def _complete(self) -> bool:
        """A layer that a person has written may make others, or build some, in training alone."""
        from cifar_core import own_keras

        return bool(self.model.built) and own_keras.of_keras_alone(self.model)


class StaticNetwork(Network):
    """A model in a TF1 graph, whose assignments nothing but a fetch would run."""

    def __call__(self, inputs: Any, training: TrainingMode | None = None) -> Any:
        graph = tf.compat.v1.get_default_graph()
        before = len(graph.get_operations())
        outputs = self.model(inputs)
        if training:
            training.updates += [op for op in graph.get_operations()[before:] if op.type.startswith("Assign")]
        return outputs

    def _call_once(self, example: Any) -> None:
        self(example)  # a part of the graph that nothing fetches
