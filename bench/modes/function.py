"""tf.function: AutoGraph rewrites `step`, tracing runs it once to record a graph, and each call runs the graph."""

from collections.abc import Callable, Sequence
from itertools import cycle, islice
from typing import Any

import tensorflow as tf

from bench.records import Execution


class Function:
    """One step is one call of a traced graph."""

    def __init__(self, make_task: Callable[..., Any]) -> None:
        self.task = make_task()
        self._indices = cycle([tf.constant(index) for index in range(self.task.batch_count)])
        self._step = tf.function(self._loss_of_step)

    def _loss_of_step(self, index: Any) -> Any:
        # The update ops need not be returned: automatic control dependencies run every stateful op of a trace.
        loss, _ = self.task.step(index)
        return loss

    def run(self, steps: int) -> None:
        for index in islice(self._indices, steps):
            self._loss = self._step(index)

    def sync(self) -> float:
        return float(self._loss)

    def read(self, variables: Sequence[Any]) -> list[Any]:
        return [variable.numpy() for variable in variables]

    def traces(self) -> int:
        return int(self._step.experimental_get_tracing_count())

    def execution(self) -> Execution:
        graph = self._step.get_concrete_function(tf.TensorSpec([], tf.int32)).graph
        devices = tuple(variable.device for variable in (self._loss, *self.task.weights))
        return Execution(self.traces(), len(graph.get_operations()), 0, None, devices)


open_trainer = Function
