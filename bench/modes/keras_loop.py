"""Keras' own training loop, taken in slices: what the Keras modes share. Not a mode itself.

One `fit` without end runs in a thread and waits at a gate between slices, so that no slice pays for starting it. With
several steps per execution, single steps are a separate fit in the same graph, which ends when its input does: so the
first loss and gradients can be compared before any execution is whole.
"""

import math
from collections.abc import Callable
from typing import Any

import tensorflow as tf

from bench.modes import calling, counting, inspection, placing
from bench.modes.keras_gate import EndlessFit
from bench.modes.keras_task import kerasised
from bench.records.costs import Structure
from bench.records.devices import Placement
from bench.records.proof import Calls, Execution
from cifar_core.inputs import Resident
from cifar_core.own_train_step import number_of


def _batches(inputs: Any) -> Any:
    """Images and labels as a tf.data.Dataset, without end, which is all that fit takes."""
    if not isinstance(inputs, Resident):
        return inputs.dataset()
    return tf.data.Dataset.from_tensor_slices(tuple(inspection.read((inputs.images, inputs.labels)))).repeat()


class KerasLoop:
    """A step is one step of `fit`."""

    read, write = staticmethod(inspection.read), staticmethod(inspection.write)
    tracing_us = staticmethod(calling.tracing_us)

    def __init__(self, make_task: Callable[..., Any], steps_per_call: int = 0, **options: Any) -> None:
        task = make_task()
        self._per_call, self._done = steps_per_call or 1, 0
        self.task = kerasised(task, steps_per_execution=self._per_call, **options)
        self._model, self._batches = self.task.model, _batches(task.inputs)
        self._traces, self._graph = inspection.Traces(task.inputs.names), None
        self._plain_step = self.task.train_step
        self._model.train_step = self._train_step
        self._logs: Any = None  # of the latest execution, as Keras' loop gives them to its callbacks
        if self.task.own_step:
            self._model.make_train_function(force=True)
            self._function, self._model.train_function = self._model.train_function, self._execute
        if self._model.optimizer is not None:
            # At the end of a fit it would put averages in the weights' place, though the training is not over.
            self._model.optimizer.finalize_variable_values = _nothing
        self._compiled_before = inspection.must_compile()
        self._fit = self._begin() if self._per_call == 1 else None

    def _train_step(self, data: Any) -> Any:
        """Keras' own step, which notes when it is traced, and the graph of the latest trace."""
        if not tf.executing_eagerly():
            self._traces.note(inspection.status(), *(data if isinstance(data, tuple) else (data,)))
            self._graph = tf.compat.v1.get_default_graph()
        return self._plain_step(data)

    def _execute(self, iterator: Any) -> Any:
        self._logs = self._function(iterator)
        return self._logs

    def _begin(self) -> EndlessFit:
        """Start the fit without end, from the step that was reached."""
        return EndlessFit(self._model, self._batches.skip(self._done) if self._done else self._batches)

    def trace(self) -> None:
        pass

    def run(self, steps: int) -> None:
        """Takes whole executions once the fit without end has begun."""
        if self._fit is None and steps % self._per_call:
            self._model.fit(self._batches.skip(self._done).take(steps), shuffle=False, verbose=0)
            self._done += steps
            return
        self._run(math.ceil(steps / self._per_call) * self._per_call)

    def _run(self, steps: int, watch: calling.Watch | None = None) -> None:
        """In the fit without end."""
        self._fit = self._fit or self._begin()
        self._model.reset_metrics()  # Keras' loss is a mean since the last reset
        self._fit.let(steps, watch)
        self._done += steps

    def rewind(self) -> None:
        """Ends the fit without end; the next one begins at the first batch and traces nothing anew."""
        if self._fit:
            self._fit.end()
        self._fit, self._done = None, 0

    def step_again(self, number: int) -> None:
        """A fit of its own, while the one without end waits at its gate."""
        self._model.fit(self._batches.skip(number).take(1), shuffle=False, verbose=0)

    def sync(self) -> float:
        return float(number_of(self._logs) if self.task.own_step else self._model.get_metrics_result()["loss"])

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
            open_shapes=bool(self._model.jit_compile) and inspection.has_open_shapes(self._batches.element_spec),
        )

    def calls(self) -> Calls:
        """With several steps an execution, of a fit of its own, for a single step."""
        if self._per_call == 1:
            watch = calling.Watch()
            self._run(1, watch)
            return watch.calls()
        done = self._done
        self.rewind()
        self._done = done
        return calling.watched(lambda: self.run(1))

    def placement(self) -> Placement:
        """Of Keras' own step on a batch: fit feeds it the same way, from the host."""
        batch = next(iter(self._batches))
        if self._model.run_eagerly:
            return placing.of_eager(lambda: self._plain_step(batch))
        if self._model.jit_compile:
            return placing.of_program(self.task.weights[0], inspection.graph_ops(self._graph))
        return placing.of_function(tf.function(self._plain_step), (batch,))

    def structure(self) -> Structure:
        return Structure(flops=counting.flops_of_function(self._graph) if self._graph else None)


def _nothing(_: Any) -> None:
    """In the place of a callback that is not wanted."""
