"""The whole loop compiled by XLA: AutoGraph's while loop and the steps in it are one program of machine code."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from bench.errors import NotApplicable
from bench.modes import inspection, placing
from bench.records.costs import Structure
from bench.records.devices import Placement
from bench.records.proof import Execution
from cifar_core.inputs import Streamed

NUMBERS = (tf.TensorSpec([], tf.int64), tf.TensorSpec([], tf.int64))  # of the first step, of steps


class XlaLoop:
    """Many steps are one call of a compiled program."""

    read, write = staticmethod(inspection.read), staticmethod(inspection.write)

    def __init__(self, make_task: Callable[..., Any], steps_per_call: int = 0) -> None:
        self.task = make_task()
        if self.task.inputs.no_loop:
            raise NotApplicable(self.task.inputs.no_loop)
        if isinstance(self.task.inputs, Streamed):
            raise NotApplicable("XLA cannot compile the input pipeline, which would be part of its loop")
        self._per_call, self._done = steps_per_call, self.task.first_step
        self._steps = tf.function(self._loss_of_steps, jit_compile=True)
        self._traces = inspection.Traces(("first step", "count"))
        self._forward = tf.function(self._logits, jit_compile=True)

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
        concrete = self._steps.get_concrete_function(*NUMBERS)
        compiled = concrete.function_def.attr["_XlaMustCompile"].b
        one = tf.constant(1, tf.int64)
        return Execution(
            traces=self.traces(),
            graph_ops=inspection.graph_ops(concrete.graph),
            loops=inspection.loops(concrete.graph),
            xla_compilations=self.traces() if compiled else 0,
            hlo_instructions=inspection.hlo_instructions(self._steps, one, one) if compiled else None,
            converted=self._traces.converted,
            retraces=self._traces.changes(),
            devices=inspection.devices(self._loss, *self.task.weights),
        )

    def placement(self) -> Placement:
        graph = self._steps.get_concrete_function(*NUMBERS).graph
        return placing.of_program(self._loss, inspection.graph_ops(graph))

    def structure(self) -> Structure:
        one = tf.constant(1, tf.int64)
        instructions, fusions = inspection.optimised_hlo(self._steps, one, one)
        return Structure(hlo_optimised=instructions, fusions=fusions)


open_trainer = XlaLoop
