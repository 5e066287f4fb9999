"""Keras' own training loop, taken in slices: what the Keras modes share. No mode itself.

One `fit` without end runs in a thread and waits at a gate between slices, so that no slice pays for starting it. The
model is the twin of the task's: same architecture, initial weights and batches, in Keras' layers with Keras' Adam.
"""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from bench.cost_records import Structure
from bench.errors import NotApplicable
from bench.modes import inspection
from bench.records import Execution
from cifar_core.inputs import Resident

ENDLESS = 2**40  # steps: more than any run takes


class Gate(keras.callbacks.Callback):
    """Holds fit before a step that it may not take yet. With no hook after a step, fit never waits for a loss."""

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
        """Let so many steps pass; back when they have been called. Raises what fit raised."""
        with self._turn:
            self._allowed += steps
            self._turn.notify_all()
            self._turn.wait_for(lambda: self._error or self._done >= self._allowed)
        if self._error:
            raise self._error


class Twin(keras.Model):
    """A Keras model that counts how often its train step is traced, and keeps the graph of the latest trace."""

    traced = 0
    graph: Any = None

    def train_step(self, data: Any) -> Any:
        if not tf.executing_eagerly():
            self.traced, self.graph = self.traced + 1, tf.compat.v1.get_default_graph()
        return super().train_step(data)


class TwinTask:
    """The twin's variables in the order of the task's, for the checks of equal work."""

    def __init__(self, task: Any, model: Twin, optimizer: Any) -> None:
        self.inputs, self.model, self.optimizer = task.inputs, model, self
        own = {"_".join(v.path.split("/")[-2:]): v for v in model.trainable_variables}
        names = [weight.name.split(":")[0] for weight in task.weights]
        self.weights = tuple(own[name] for name in names)
        self.slots = tuple(
            next(v for v in optimizer.variables if v.path.endswith(f"{name}_momentum")) for name in names
        )
        self.iterations, self._beta1 = optimizer.iterations, optimizer.beta_1
        inspection.write(self.weights, inspection.read(task.weights))

    def first_gradients(self, slots: Sequence[np.ndarray]) -> list[np.ndarray]:
        return [slot / (1 - self._beta1) for slot in slots]


def _batches(inputs: Any) -> Any:
    """Images and labels as a tf.data.Dataset, without end, which is all that fit takes."""
    if not isinstance(inputs, Resident):
        return inputs.dataset()
    return tf.data.Dataset.from_tensor_slices(tuple(inspection.read((inputs.images, inputs.labels)))).repeat()


class KerasLoop:
    """A step is one step of `fit`."""

    read, write = staticmethod(inspection.read), staticmethod(inspection.write)

    def __init__(self, make_task: Callable[..., Any], **compile_options: bool) -> None:
        task = make_task()
        if task.precision == "mixed_float16":
            raise NotApplicable("Keras scales the loss of float16 in its own, changing way")
        if not hasattr(task.model, "keras_logits"):
            raise NotApplicable(f"{type(task.model).__name__} has no twin in Keras' layers")
        keras.config.set_dtype_policy(task.precision)  # before any layer is made
        image = keras.Input((32, 32, 3))
        self._model = Twin(image, task.model.keras_logits(image))
        optimizer = keras.optimizers.Adam(1e-3, epsilon=task.optimizer.epsilon)
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self._model.compile(optimizer, loss, **compile_options)
        optimizer.build(self._model.trainable_variables)
        self.task = TwinTask(task, self._model, optimizer)
        self._compiled_before = inspection.must_compile()
        self._gate = Gate()
        threading.Thread(target=self._fit, args=[_batches(task.inputs)], daemon=True).start()

    def _fit(self, batches: Any) -> None:
        try:
            self._model.fit(batches, steps_per_epoch=ENDLESS, shuffle=False, verbose=0, callbacks=[self._gate])
            raise RuntimeError("Keras' fit ended by itself")
        except BaseException as error:
            self._gate.broke(error)

    def trace(self) -> None:
        pass

    def run(self, steps: int) -> None:
        self._model.reset_metrics()  # Keras' loss is a mean since the last reset
        self._gate.let(steps)

    def sync(self) -> float:
        return float(self._model.get_metrics_result()["loss"])

    def logits(self, images: Any) -> Any:
        return self._model(images, training=False).numpy()

    def traces(self) -> int:
        return self._model.traced

    def execution(self) -> Execution:
        graph = self._model.graph
        return Execution(
            traces=self.traces(),
            graph_ops=inspection.graph_ops(graph) if graph else 0,
            xla_compilations=len(inspection.must_compile() - self._compiled_before),
            devices=inspection.devices(*(weight.value for weight in self.task.weights)),
        )

    def structure(self) -> Structure:
        return Structure()
