"""One training step as one call of a traced graph: what the modes that trace a step share. Not a mode itself.

A mode's file gives the options of tf.function in which it differs.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import Any

import tensorflow as tf

from bench.modes import calling, counting, inspection, placing
from bench.records.costs import Structure
from bench.records.devices import Placement
from bench.records.proof import Calls, Execution
from cifar_core.outputs import number


class TracedTrainer:
    """One step is one call of tf.function(step, **options)."""

    read, write = staticmethod(inspection.read), staticmethod(inspection.write)
    tracing_us = staticmethod(calling.tracing_us)

    def __init__(self, make_task: Callable[..., Any], **options: Any) -> None:
        self.task = make_task()
        self._feed = self.task.inputs.feed()
        self._options = options
        self._step = tf.function(self._loss_of_step, **options)
        self._traces = inspection.Traces(self.task.inputs.names)
        self._forward = tf.function(self._logits, **options)

    def _loss_of_step(self, *values: Any) -> Any:
        self._traces.note(inspection.status(), *values)
        # The update ops need not be returned: automatic control dependencies run every stateful op of a trace.
        loss, _ = self.task.step(*values)
        return loss

    def _logits(self, images: Any) -> Any:
        return self.task.model(images)

    def trace(self) -> None:
        self._concrete()

    def run(self, steps: int) -> None:
        self.task.begin_run()
        for values in islice(self._feed, steps):
            self._loss = self._step(*values)

    def step_again(self, number: int) -> None:
        self.task.begin_run()
        self._loss = self._step(*self.task.inputs.again(number))

    def rewind(self) -> None:
        self._feed = self.task.inputs.feed()

    def sync(self) -> float:
        return number(self._loss)

    def logits(self, images: Any) -> Any:
        return self._forward(tf.constant(images)).numpy()

    def traces(self) -> int:
        return int(self._step.experimental_get_tracing_count())

    def execution(self) -> Execution:
        concrete = self._concrete()
        compiled = inspection.is_compiled(concrete)
        return Execution(
            traces=self.traces(),
            graph_ops=len(concrete.graph.get_operations()),
            xla_compilations=self.traces() if compiled else 0,
            hlo_instructions=inspection.hlo_instructions(self._step, *next(self._feed)) if compiled else None,
            converted=self._traces.converted,
            retraces=self._traces.changes(),
            devices=inspection.devices(*tf.nest.flatten(self._loss), *self.task.weights),
        )

    def calls(self) -> Calls:
        return calling.watched(lambda: self.run(1), calling.name_of(self._concrete()))

    def placement(self) -> Placement:
        concrete = self._concrete()
        if inspection.is_compiled(concrete):
            return placing.of_program(tf.nest.flatten(self._loss)[0], len(concrete.graph.get_operations()))
        return placing.of_function(self._new_step(), next(self._feed))

    def structure(self) -> Structure:
        concrete = self._concrete()
        if inspection.is_compiled(concrete):
            structure = inspection.optimised_program(self._step, *next(self._feed))
        else:
            structure = inspection.structure_of(self._optimised_graph)
        return replace(structure, flops=counting.flops_of_function(concrete.graph))

    def _concrete(self) -> Any:
        return self._step.get_concrete_function(*self.task.inputs.signature)

    def _new_step(self) -> Any:
        """The step, not run yet: only then can the runtime be watched while it optimises and splits the graph."""
        return tf.function(self._loss_of_step, **self._options)

    @cached_property
    def _optimised_graph(self) -> Any:
        """The GraphDef that the runtime runs for a step. The first look trains one more step."""
        return inspection.optimised_graph(self._new_step(), next(self._feed))
