"""The whole loop in one tf.function: AutoGraph turns the Python `for` into a while loop of the graph.

One call trains all steps of a slice, or `steps_per_call` of them; Python is back only between calls.
"""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from bench.errors import NotApplicable
from bench.modes import inspection, placing
from bench.records.costs import Structure
from bench.records.devices import Placement
from bench.records.proof import Execution

NUMBERS = (tf.TensorSpec([], tf.int64), tf.TensorSpec([], tf.int64))  # of the first step, of steps


class FunctionLoop:
    """Many steps are one call of a traced graph."""

    read, write = staticmethod(inspection.read), staticmethod(inspection.write)

    def __init__(self, make_task: Callable[..., Any], steps_per_call: int = 0) -> None:
        self.task = make_task()
        if self.task.inputs.no_loop:
            raise NotApplicable(self.task.inputs.no_loop)
        self._per_call, self._done = steps_per_call, self.task.first_step
        self._steps = tf.function(self._loss_of_steps)
        self._traces = inspection.Traces(("first step", "count"))
        self._forward = tf.function(self._logits)

    def _loss_of_steps(self, first: Any, count: Any) -> Any:
        self._traces.note(inspection.status(), first, count)
        loss = tf.constant(0.0)
        for number in tf.range(first, first + count):
            loss, _ = self.task.step(*self.task.inputs.at(number))
        return loss

    def _logits(self, images: Any) -> Any:
        return self.task.model(images)

    def trace(self) -> None:
        self._steps.get_concrete_function(*NUMBERS)

    def run(self, steps: int) -> None:
        while steps:
            count = min(steps, self._per_call or steps)
            # As tensors: a Python number would be traced anew for every value.
            self._loss = self._steps(tf.constant(self._done, tf.int64), tf.constant(count, tf.int64))
            self._done, steps = self._done + count, steps - count

    def sync(self) -> float:
        return float(self._loss)

    def logits(self, images: Any) -> Any:
        return self._forward(tf.constant(images)).numpy()

    def traces(self) -> int:
        return int(self._steps.experimental_get_tracing_count())

    def execution(self) -> Execution:
        graph = self._steps.get_concrete_function(*NUMBERS).graph
        return Execution(
            traces=self.traces(),
            graph_ops=inspection.graph_ops(graph),
            loops=inspection.loops(graph),
            converted=self._traces.converted,
            retraces=self._traces.changes(),
            devices=inspection.devices(self._loss, *self.task.weights),
        )

    def placement(self) -> Placement:
        # Only a function that has not run yet can be watched while the runtime cuts its graph up.
        one = tf.constant(1, tf.int64)
        return placing.of_function(tf.function(self._loss_of_steps), (one, one))

    def structure(self) -> Structure:
        # Only a function that has not run yet can be watched while the runtime optimises it.
        one = tf.constant(1, tf.int64)
        optimised = inspection.optimised_graph(tf.function(self._loss_of_steps), (one, one))
        return Structure(ops_optimised=inspection.definition_ops(optimised))


open_trainer = FunctionLoop
