"""Eager, the dynamic graph: Python calls `step`, and every op in it runs at once, dispatched one by one."""

from collections.abc import Callable, Sequence
from itertools import cycle, islice
from typing import Any

import tensorflow as tf

from bench.records import Execution


class Eager:
    """The plain Python call."""

    def __init__(self, make_task: Callable[..., Any]) -> None:
        self.task = make_task()
        self._indices = cycle([tf.constant(index) for index in range(self.task.batch_count)])
        self._step = self.task.step

    def run(self, steps: int) -> None:
        for index in islice(self._indices, steps):
            self._loss, _ = self._step(index)

    def sync(self) -> float:
        return float(self._loss)

    def read(self, variables: Sequence[Any]) -> list[Any]:
        return [variable.numpy() for variable in variables]

    def traces(self) -> int:
        return 0

    def execution(self) -> Execution:
        devices = tuple(variable.device for variable in (self._loss, *self.task.weights))
        return Execution(traces=0, graph_ops=0, xla_compilations=0, hlo_instructions=None, devices=devices)


open_trainer = Eager
