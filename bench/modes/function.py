"""tf.function: AutoGraph rewrites `step`, tracing runs it once to record a graph, and each call runs the graph."""

from collections.abc import Callable
from itertools import islice
from typing import Any

import tensorflow as tf

from bench.modes import inspection, placing
from bench.records.costs import Structure
from bench.records.devices import Placement
from bench.records.proof import Execution


class Function:
    """One step is one call of a traced graph."""

    read, write = staticmethod(inspection.read), staticmethod(inspection.write)

    def __init__(self, make_task: Callable[..., Any]) -> None:
        self.task = make_task()
        self._feed = self.task.inputs.feed()
        self._step = tf.function(self._loss_of_step)
        self._traces = inspection.Traces(self.task.inputs.names)
        self._forward = tf.function(self._logits)

    def _loss_of_step(self, *values: Any) -> Any:
        self._traces.note(inspection.status(), *values)
        # The update ops need not be returned: automatic control dependencies run every stateful op of a trace.
        loss, _ = self.task.step(*values)
        return loss

    def _logits(self, images: Any) -> Any:
        return self.task.model(images)

    def trace(self) -> None:
        self._step.get_concrete_function(*self.task.inputs.signature)

    def run(self, steps: int) -> None:
        for values in islice(self._feed, steps):
            self._loss = self._step(*values)

    def sync(self) -> float:
        return float(self._loss)

    def logits(self, images: Any) -> Any:
        return self._forward(tf.constant(images)).numpy()

    def traces(self) -> int:
        return int(self._step.experimental_get_tracing_count())

    def execution(self) -> Execution:
        graph = self._step.get_concrete_function(*self.task.inputs.signature).graph
        return Execution(
            traces=self.traces(),
            graph_ops=len(graph.get_operations()),
            converted=self._traces.converted,
            retraces=self._traces.changes(),
            devices=inspection.devices(self._loss, *self.task.weights),
        )

    def placement(self) -> Placement:
        # Only a function that has not run yet can be watched while the runtime cuts its graph up.
        return placing.of_function(tf.function(self._loss_of_step), next(self._feed))

    def structure(self) -> Structure:
        graph = self._step.get_concrete_function(*self.task.inputs.signature).graph
        # Only a function that has not run yet can be watched while the runtime optimises it.
        optimised = inspection.optimised_graph(tf.function(self._loss_of_step), next(self._feed))
        return Structure(ops_optimised=inspection.definition_ops(optimised), flops=inspection.flops(graph))


open_trainer = Function
