"""Eager, the dynamic graph: Python calls `step`, and every op in it runs at once, dispatched one by one."""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import tensorflow as tf

from bench.records import Execution


class Eager:
    """The plain Python call."""

    def __init__(self, make_task: Callable[..., Any]) -> None:
        self.task = make_task()
        self._feed = self.task.inputs.feed()
        self._step = self.task.step

    def run(self, steps: int) -> None:
        for values in islice(self._feed, steps):
            self._loss, _ = self._step(*values)

    def sync(self) -> float:
        return float(self._loss)

    def logits(self, images: Any) -> Any:
        return self.task.model(tf.constant(images)).numpy()

    def read(self, variables: Sequence[Any]) -> list[Any]:
        return [variable.numpy() for variable in variables]

    def write(self, variables: Sequence[Any], values: Sequence[Any]) -> None:
        for variable, value in zip(variables, values, strict=True):
            variable.assign(value)

    def traces(self) -> int:
        return 0

    def execution(self) -> Execution:
        devices = tuple(variable.device for variable in (self._loss, *self.task.weights))
        return Execution(traces=0, graph_ops=0, xla_compilations=0, hlo_instructions=None, devices=devices)


open_trainer = Eager
