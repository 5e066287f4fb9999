"""XLA: tf.function's trace, compiled whole to machine code for this device at the first call (jit_compile=True)."""

from collections.abc import Callable, Sequence
from itertools import cycle, islice
from typing import Any

import tensorflow as tf

from bench.records import Execution


class Xla:
    """One step is one call of a compiled program."""

    def __init__(self, make_task: Callable[..., Any]) -> None:
        self.task = make_task()
        self._indices = cycle([tf.constant(index) for index in range(self.task.batch_count)])
        self._step = tf.function(self._loss_of_step, jit_compile=True)

    def _loss_of_step(self, index: Any) -> Any:
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
        concrete = self._step.get_concrete_function(tf.TensorSpec([], tf.int32))
        # The runtime must compile a function that carries this attribute, or fail; it cannot fall back in silence.
        compiled = concrete.function_def.attr["_XlaMustCompile"].b
        devices = tuple(variable.device for variable in (self._loss, *self.task.weights))
        return Execution(
            traces=self.traces(),
            graph_ops=len(concrete.graph.get_operations()),
            xla_compilations=self.traces() if compiled else 0,
            hlo_instructions=self._hlo_instructions() if compiled else None,
            devices=devices,
        )

    def _hlo_instructions(self) -> int:
        program = self._step.experimental_get_compiler_ir(next(self._indices))(stage="hlo")
        return sum(" = " in line for line in program.splitlines())


open_trainer = Xla
