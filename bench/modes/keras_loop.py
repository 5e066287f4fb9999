"""Keras' own training loop, taken in slices: what the Keras modes share. No mode itself.

One `fit` without end runs in a thread and waits at a gate between slices, so that no slice pays for starting it. The
model is a person's own keras.Model, or the twin of the task's: same architecture, initial weights and batches, in
Keras' layers with Keras' Adam. With several steps an execution, single steps are a fit of their own in the same graph,
which ends when its input does: so the first loss and gradients can be compared before any execution is whole.
"""

import math
import threading
from collections.abc import Callable
from typing import Any

import keras
import tensorflow as tf

from bench.errors import NotApplicable
from bench.modes import inspection, placing
from bench.records.costs import Structure
from bench.records.devices import Placement
from bench.records.proof import Execution
from cifar_core.inputs import Resident
from cifar_core.optimizers import KerasOptimizer
from cifar_core.own_model import KerasNetwork, Network

ENDLESS = 2**40  # steps: more than any run takes


class FitGate(keras.callbacks.Callback):
    """Holds fit before an execution that it may not make yet. With no hook after one, fit never waits for a loss."""

    def __init__(self) -> None:
        super().__init__()
        self._allowed = self._done = 0
        self._error: BaseException | None = None
        self._turn = threading.Condition()

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        with self._turn:
            self._done = batch
            self._turn.notify_all()
            self._turn.wait_for(lambda: batch < self._allowed)

    def broke(self, error: BaseException) -> None:
        """Called where fit ends, which it should not."""
        with self._turn:
            self._error = error
            self._turn.notify_all()

    def let(self, steps: int) -> None:
        """Let so many steps, of whole executions, pass; back when they have been called. Raises what fit raised."""
        with self._turn:
            self._allowed += steps
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._error or self._done >= self._allowed)
        if self._error:
            raise self._error


class KerasTask:
    """A task as Keras trains it: the model, and its variables in the order of the task's."""

    def __init__(self, task: Any, model: Any, weights: list[Any], optimizer: Any) -> None:
        self.inputs, self.model, self.weights = task.inputs, model, tuple(weights)
        self.optimizer = KerasOptimizer(optimizer, weights)
        self.random_layers = task.random_layers

    def state(self) -> tuple[Any, ...]:
        """Every variable that changes while training, the weights first."""
        return (*self.weights, *self.model.non_trainable_variables, *self.optimizer.state())


def _twin(task: Any, **options: Any) -> KerasTask:
    """A built-in model in Keras' layers, with the task's weights."""
    keras.config.set_dtype_policy("float32" if task.precision == "tf32" else task.precision)  # before any layer is made
    image = keras.Input((32, 32, 3))
    model = keras.Model(image, task.model.keras_logits(image))
    optimizer = keras.optimizers.Adam(1e-3, epsilon=task.optimizer.epsilon)
    model.compile(optimizer, keras.losses.SparseCategoricalCrossentropy(from_logits=True), **options)
    by_name = {"_".join(v.path.split("/")[-2:]): v for v in model.trainable_variables}
    weights = [by_name[weight.name.split(":")[0]] for weight in task.weights]
    inspection.write(weights, inspection.read(task.weights))
    return KerasTask(task, model, weights, optimizer)


def _own(task: Any, **options: Any) -> KerasTask:
    """A person's own keras.Model, that very object, compiled again for this mode with the loss it has."""
    if not isinstance(task.model, KerasNetwork):
        raise NotApplicable(f"{type(task.model.model).__name__} is no keras.Model")
    model = task.model.model
    given = isinstance(task.optimizer, KerasOptimizer)
    optimizer = task.optimizer.optimizer if given else keras.optimizers.Adam(1e-3, epsilon=task.optimizer.epsilon)
    model.compile(optimizer, **options)
    return KerasTask(task, model, list(task.weights), optimizer)


def _batches(inputs: Any) -> Any:
    """Images and labels as a tf.data.Dataset, without end, which is all that fit takes."""
    if not isinstance(inputs, Resident):
        return inputs.dataset()
    return tf.data.Dataset.from_tensor_slices(tuple(inspection.read((inputs.images, inputs.labels)))).repeat()


class KerasLoop:
    """A step is one step of `fit`."""

    read, write = staticmethod(inspection.read), staticmethod(inspection.write)

    def __init__(self, make_task: Callable[..., Any], steps_per_call: int = 0, **options: Any) -> None:
        task = make_task()
        self._per_call, self._done = steps_per_call or 1, 0
        self.task = kerasised(task, steps_per_execution=self._per_call, **options)
        self._model, self._batches = self.task.model, _batches(task.inputs)
        self._traces, self._graph = inspection.Traces(task.inputs.names), None
        self._plain_step = self._model.train_step
        self._model.train_step = self._train_step
        self._compiled_before = inspection.must_compile()
        self._gate: FitGate | None = None
        if self._per_call == 1:
            self._begin()

    def _train_step(self, data: Any) -> Any:
        """Keras' own step, which notes when it is traced, and the graph of the latest trace."""
        if not tf.executing_eagerly():
            self._traces.note(inspection.status(), *data)
            self._graph = tf.compat.v1.get_default_graph()
        return self._plain_step(data)

    def _begin(self) -> None:
        """Start the fit without end, from the step that was reached."""
        self._gate = FitGate()
        batches = self._batches.skip(self._done) if self._done else self._batches
        threading.Thread(target=self._fit, args=[batches, self._gate], daemon=True).start()

    def _fit(self, batches: Any, gate: FitGate) -> None:
        try:
            self._model.fit(batches, steps_per_epoch=ENDLESS, shuffle=False, verbose=0, callbacks=[gate])
            raise RuntimeError("Keras' fit ended by itself")
        except BaseException as error:
            gate.broke(error)

    def trace(self) -> None:
        pass

    def run(self, steps: int) -> None:
        """Takes whole executions once the fit without end has begun."""
        if self._gate is None and steps % self._per_call:
            self._model.fit(self._batches.skip(self._done).take(steps), shuffle=False, verbose=0)
            self._done += steps
            return
        if self._gate is None:
            self._begin()
        assert self._gate
        self._model.reset_metrics()  # Keras' loss is a mean since the last reset
        self._gate.let(math.ceil(steps / self._per_call) * self._per_call)

    def step_again(self, number: int) -> None:
        """A fit of its own, while the one without end waits at its gate."""
        self._model.fit(self._batches.skip(number).take(1), shuffle=False, verbose=0)

    def sync(self) -> float:
        return float(self._model.get_metrics_result()["loss"])

    def logits(self, images: Any) -> Any:
        return self._model(images, training=False).numpy()

    def traces(self) -> int:
        return self._traces.count

    def execution(self) -> Execution:
        graph = self._graph
        return Execution(
            traces=self.traces(),
            graph_ops=inspection.graph_ops(graph) if graph else 0,
            xla_compilations=len(inspection.must_compile() - self._compiled_before),
            retraces=self._traces.changes(),
            devices=inspection.devices(*self.task.weights),
        )

    def placement(self) -> Placement:
        """Of Keras' own step on a batch: fit feeds it the same way, from the host."""
        batch = next(iter(self._batches))
        if self._model.run_eagerly:
            return placing.of_eager(lambda: self._plain_step(batch))
        if self._model.jit_compile:
            return placing.of_program(self.task.weights[0], inspection.graph_ops(self._graph))
        return placing.of_function(tf.function(self._plain_step), (batch,))

    def structure(self) -> Structure:
        return Structure()


def kerasised(task: Any, **options: Any) -> KerasTask:
    """The task as Keras trains it. Raises NotApplicable where Keras cannot hold it."""
    if task.precision == "mixed_float16":
        raise NotApplicable("Keras scales the loss of float16 in its own, changing way")
    if isinstance(task.model, Network):
        return _own(task, **options)
    if not hasattr(task.model, "keras_logits"):
        raise NotApplicable(f"{type(task.model).__name__} has no twin in Keras' layers")
    return _twin(task, **options)
