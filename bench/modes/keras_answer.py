"""A model that answers through a method of keras.Model: what the modes for Keras' predict share. No mode itself."""

from collections.abc import Callable
from itertools import islice
from typing import Any

import tensorflow as tf

from bench.errors import NotApplicable
from bench.modes import calling, counting, inspection, placing
from bench.modes.keras_task import twin
from bench.records.costs import Structure
from bench.records.devices import Placement
from bench.records.proof import Calls, Execution
from cifar_core.inference import Inference
from cifar_core.outputs import number
from cifar_core.own_networks import KerasNetwork, Network
from cifar_core.tensors import tensors


class AnswerTask:
    """An inference in Keras' hands: a person's own model, or the twin of one of ours with the same weights."""

    def __init__(self, task: Inference) -> None:
        """Raises NotApplicable where Keras cannot hold the model."""
        self.inputs, self.optimizer, self.random_layers = task.inputs, task.optimizer, task.random_layers
        self.computes_in = task.computes_in
        self.averages: tuple[Any, ...] = ()
        if isinstance(task.model, KerasNetwork):
            self.model, self.weights = task.model.model, task.weights
        elif isinstance(task.model, Network):
            raise NotApplicable(f"{type(task.model.model).__name__} is no keras.Model")
        else:
            self.model, weights, _ = twin(task)
            self.weights = tuple(weights)

    def state(self) -> tuple[Any, ...]:
        """The weights and what else the model holds: all of it must stay as it is."""
        return (*self.weights, *self.model.non_trainable_variables, *self.optimizer.state())


class KerasAnswer:
    """One step is one call of the method, for a batch."""

    read, write = staticmethod(inspection.read), staticmethod(inspection.write)
    tracing_us = staticmethod(calling.tracing_us)

    def __init__(self, make_task: Callable[..., Any], method: str, **options: Any) -> None:
        task = make_task()
        if not isinstance(task, Inference):
            raise NotApplicable("Keras' predict trains nothing; it is for --task infer")
        self.task = AnswerTask(task)
        self._model, self._graph = self.task.model, None
        self._model.jit_compile, self._model.run_eagerly = False, False  # which an uncompiled model chooses by itself
        self._traces = inspection.Traces(("batch",))
        self._plain_step = self._model.predict_step
        self._model.predict_step = self._predict_step
        self._model.make_predict_function(force=True)
        self._method, self._options = getattr(self._model, method), options
        self._feed = self.task.inputs.feed()

    def _predict_step(self, data: Any) -> Any:
        """Keras' own, which notes when it is traced, and the graph of the latest trace."""
        self._traces.note(inspection.status(), *tf.nest.flatten(data)[:1])
        self._graph = tf.compat.v1.get_default_graph()
        return self._plain_step(data)

    def trace(self) -> None:
        pass

    def run(self, steps: int) -> None:
        for values in islice(self._feed, steps):
            self._answer(*values)

    def step_again(self, number: int) -> None:
        self._answer(*self.task.inputs.again(number))

    def _answer(self, batch: Any) -> None:
        sized = {"batch_size": len(tf.nest.flatten(batch)[0])} if self._options else {}  # else 32 examples a call
        self._loss = self._method(batch, **sized, **self._options)

    def rewind(self) -> None:
        self._feed = self.task.inputs.feed()

    def sync(self) -> float:
        return number(tensors(self._loss, 0.0))

    def logits(self, images: Any) -> Any:
        return self._model(images, training=False).numpy()

    def traces(self) -> int:
        return self._traces.count

    def execution(self) -> Execution:
        return Execution(
            traces=self.traces(),
            graph_ops=inspection.graph_ops(self._graph) if self._graph else 0,
            retraces=self._traces.changes(),
            devices=inspection.devices(*self.task.weights),
        )

    def calls(self) -> Calls:
        return calling.watched(lambda: self.run(1))

    def placement(self) -> Placement:
        return placing.of_function(tf.function(self._plain_step), self.task.inputs.again(0))

    def structure(self) -> Structure:
        return Structure(flops=counting.flops_of_function(self._graph) if self._graph else None)
