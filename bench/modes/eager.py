"""Eager, the dynamic graph: Python calls `step`, and every op in it runs at once, dispatched one by one.

The plain mode from which all others differ.
"""

from collections.abc import Callable
from itertools import islice
from typing import Any

import tensorflow as tf

from bench.modes import calling, counting, inspection, placing
from bench.records.costs import Structure
from bench.records.devices import Placement
from bench.records.proof import Calls, Execution
from cifar_core.outputs import number


class EagerTrainer:
    """The plain Python call."""

    read, write = staticmethod(inspection.read), staticmethod(inspection.write)
    tracing_us = staticmethod(calling.tracing_us)

    def __init__(self, make_task: Callable[..., Any]) -> None:
        self.task = make_task()
        self._feed = self.task.inputs.feed()
        self._step = self.task.step

    def trace(self) -> None:
        pass

    def run(self, steps: int) -> None:
        self.task.begin_run()
        for values in islice(self._feed, steps):
            self._loss, _ = self._step(*values)

    def step_again(self, number: int) -> None:
        self.task.begin_run()
        self._loss, _ = self._step(*self.task.inputs.again(number))

    def rewind(self) -> None:
        self._feed = self.task.inputs.feed()

    def sync(self) -> float:
        return number(self._loss)

    def logits(self, images: Any) -> Any:
        return self.task.model(tf.constant(images)).numpy()

    def traces(self) -> int:
        return 0

    def execution(self) -> Execution:
        return Execution(devices=inspection.devices(*tf.nest.flatten(self._loss), *self.task.weights))

    def calls(self) -> Calls:
        return calling.watched(lambda: self.run(1))

    def placement(self) -> Placement:
        return placing.of_eager(lambda: self.run(1))

    def structure(self) -> Structure:
        def loss(*values: Any) -> Any:
            return self._step(*values)[0]

        traced = tf.function(loss, autograph=False)  # to be counted, never called
        graph = traced.get_concrete_function(*self.task.inputs.signature).graph
        return Structure(flops=counting.flops_of_trace(graph))  # a tape leaves nothing out


open_trainer = EagerTrainer
