"""XLA: tf.function's trace, compiled whole to machine code for this device at the first call (jit_compile=True)."""

from collections.abc import Callable
from itertools import islice
from typing import Any

import tensorflow as tf

from bench.modes import inspection, placing
from bench.records.costs import Structure
from bench.records.devices import Placement
from bench.records.proof import Execution


class Xla:
    """One step is one call of a compiled program."""

    read, write = staticmethod(inspection.read), staticmethod(inspection.write)

    def __init__(self, make_task: Callable[..., Any]) -> None:
        self.task = make_task()
        self._feed = self.task.inputs.feed()
        self._step = tf.function(self._loss_of_step, jit_compile=True)
        self._traces = inspection.Traces(self.task.inputs.names)
        self._forward = tf.function(self._logits, jit_compile=True)

    def _loss_of_step(self, *values: Any) -> Any:
        self._traces.note(inspection.status(), *values)
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
        concrete = self._step.get_concrete_function(*self.task.inputs.signature)
        # The runtime must compile a function that carries this attribute, or fail; it cannot fall back in silence.
        compiled = concrete.function_def.attr["_XlaMustCompile"].b
        return Execution(
            traces=self.traces(),
            graph_ops=len(concrete.graph.get_operations()),
            xla_compilations=self.traces() if compiled else 0,
            hlo_instructions=inspection.hlo_instructions(self._step, *next(self._feed)) if compiled else None,
            converted=self._traces.converted,
            retraces=self._traces.changes(),
            devices=inspection.devices(self._loss, *self.task.weights),
        )

    def placement(self) -> Placement:
        graph = self._step.get_concrete_function(*self.task.inputs.signature).graph
        return placing.of_program(self._loss, len(graph.get_operations()))

    def structure(self) -> Structure:
        graph = self._step.get_concrete_function(*self.task.inputs.signature).graph
        instructions, fusions = inspection.optimised_hlo(self._step, *next(self._feed))
        return Structure(hlo_optimised=instructions, fusions=fusions, flops=inspection.flops(graph))


open_trainer = Xla
