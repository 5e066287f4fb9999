"""Many training steps as one call of a traced graph: what the modes that trace the whole loop share. Not a mode itself.

AutoGraph turns the Python `while` into a while loop of the graph. One call trains all steps of a slice, or
`steps_per_call` of them; Python is back only between calls.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import tensorflow as tf

from bench.errors import NotApplicable
from bench.modes import calling, counting, inspection, placing
from bench.records.costs import Structure
from bench.records.devices import Placement
from bench.records.proof import Calls, Execution
from cifar_core.outputs import number

NUMBERS = (tf.TensorSpec([], tf.int64), tf.TensorSpec([], tf.int64))  # of the first step, of steps


class LoopTrainer:
    """Many steps are one call of tf.function(steps, **options). NotApplicable for inputs that no loop can take."""

    read, write = staticmethod(inspection.read), staticmethod(inspection.write)
    tracing_us = staticmethod(calling.tracing_us)

    def __init__(self, make_task: Callable[..., Any], steps_per_call: int = 0, **options: Any) -> None:
        self.task = make_task()
        if self.task.inputs.no_loop:
            raise NotApplicable(self.task.inputs.no_loop)
        self._per_call, self._done = steps_per_call, self.task.first_step
        self._options = options
        self._steps = tf.function(self._loss_of_steps, **options)
        self._traces = inspection.Traces(("first step", "count"))
        self._forward = tf.function(self._logits, **options)

    def _loss_of_steps(self, first: Any, count: Any) -> Any:
        self._traces.note(inspection.status(), first, count)
        loss = self.task.before_steps()
        place, end = first, first + count
        while place < end:  # tf.range's ends are constants to XLA, which would compile again for each value
            loss, _ = self.task.step(*self.task.inputs.at(place))
            place += 1
        return loss

    def _logits(self, images: Any) -> Any:
        return self.task.model(images)

    def trace(self) -> None:
        self._concrete()

    def run(self, steps: int) -> None:
        self.task.begin_run()
        while steps:
            count = min(steps, self._per_call or steps)
            # As tensors: a Python number would be retraced for every value.
            self._loss = self._steps(tf.constant(self._done, tf.int64), tf.constant(count, tf.int64))
            self._done, steps = self._done + count, steps - count

    def step_again(self, number: int) -> None:
        self.task.begin_run()
        self._loss = self._steps(tf.constant(self.task.first_step + number, tf.int64), tf.constant(1, tf.int64))

    def rewind(self) -> None:
        self._done = self.task.first_step

    def sync(self) -> float:
        return number(self._loss)

    def logits(self, images: Any) -> Any:
        return self._forward(tf.constant(images)).numpy()

    def traces(self) -> int:
        return int(self._steps.experimental_get_tracing_count())

    def execution(self) -> Execution:
        concrete = self._concrete()
        compiled = inspection.is_compiled(concrete)
        return Execution(
            traces=self.traces(),
            graph_ops=inspection.graph_ops(concrete.graph),
            loops=inspection.loops(concrete.graph),
            xla_compilations=self.traces() if compiled else 0,
            hlo_instructions=inspection.hlo_instructions(self._steps, *_one_step()) if compiled else None,
            converted=self._traces.converted,
            retraces=self._traces.changes(),
            devices=inspection.devices(*tf.nest.flatten(self._loss), *self.task.weights),
        )

    def calls(self) -> Calls:
        return calling.watched(lambda: self.run(1), calling.name_of(self._concrete()))

    def placement(self) -> Placement:
        concrete = self._concrete()
        if inspection.is_compiled(concrete):
            return placing.of_program(tf.nest.flatten(self._loss)[0], inspection.graph_ops(concrete.graph))
        return placing.of_function(self._new_steps(), _one_step())

    def structure(self) -> Structure:
        graph = self._concrete().graph
        if inspection.is_compiled(self._concrete()):
            structure = inspection.optimised_program(self._steps, *_one_step())
        else:
            structure = inspection.structure_of(inspection.optimised_graph(self._new_steps(), _one_step()))
        return replace(structure, flops=counting.flops_of_function(graph, unknown_trips=1))  # a step is one trip

    def _concrete(self) -> Any:
        return self._steps.get_concrete_function(*NUMBERS)

    def _new_steps(self) -> Any:
        """The loop, not run yet: only then can the runtime be watched while it optimises and splits the graph."""
        return tf.function(self._loss_of_steps, **self._options)


def _one_step() -> tuple[Any, Any]:
    """The arguments of a call that trains step 1 alone."""
    return tf.constant(1, tf.int64), tf.constant(1, tf.int64)
