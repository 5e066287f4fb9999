"""TF1 style, the static graph: `step` is called once to build a tf.Graph, and a Session runs that graph.

It differs from `function` in that the graph is built before the first step, and a Session feeds and fetches it. A
Session always waits for the device after a step; the other modes wait once a slice.
"""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import numpy as np
import tensorflow as tf

from bench.errors import NotApplicable
from bench.modes import calling, counting, placing
from bench.modes.operation_names import fused_in_graph
from bench.records.costs import Structure
from bench.records.devices import Placement
from bench.records.proof import Calls, Execution
from cifar_core.outputs import number

tf1 = tf.compat.v1
# A Session also places feeds, fetches and shapes, always on the host: these are the operations that do the work.
WORKING_OPS = ("Conv2D", "MatMul", "MaxPool", "VarHandle", "ResourceApply")


class GraphTrainer:
    """One step is one call of the Session for the loss and the update ops."""

    tracing_us = staticmethod(calling.tracing_us)

    def __init__(self, make_task: Callable[..., Any]) -> None:
        self._graph = tf.Graph()
        fed_once: dict[Any, np.ndarray] = {}

        def hold(array: np.ndarray) -> Any:
            """A stand-in that is fed once: as a constant the batches would be part of the graph."""
            stand_in = tf1.placeholder(array.dtype, array.shape)
            fed_once[stand_in] = array
            return stand_in

        with self._graph.as_default():
            self.task = make_task(hold)
            signature = self.task.inputs.signature
            self._fed = [_placeholder(spec) for spec in tf.nest.flatten(signature)]
            self._fetches = self.task.step(*tf.nest.pack_sequence_as(signature, self._fed))
            self._session = tf1.Session()  # takes the devices and threads set for the process
            self._session.run(tf1.global_variables_initializer(), fed_once)
            # What a hand-tuned TF1 loop used: run() without its per-call parsing of fetches and feeds.
            self._step = self._session.make_callable(self._fetches, feed_list=self._fed)
        for variable, value in self.task.initial:
            self.write([variable], [value])
        self._forward: Any = None
        self._feed = map(_arrays, self.task.inputs.feed())

    def trace(self) -> None:
        pass

    def run(self, steps: int) -> None:
        for values in islice(self._feed, steps):
            self._loss, _ = self._step(*values)

    def step_again(self, number: int) -> None:
        self._loss, _ = self._step(*_arrays(self.task.inputs.again(number)))

    def rewind(self) -> None:
        self._feed = map(_arrays, self.task.inputs.feed())

    def sync(self) -> float:
        return number(self._loss)

    def logits(self, images: Any) -> Any:
        if self._forward is None:  # built when asked for: it is no part of a step
            with self._graph.as_default():
                fed = tf1.placeholder(tf.float32, [None, 32, 32, 3])
                self._forward = self._session.make_callable(self.task.model(fed), feed_list=[fed])
        return self._forward(images)

    def read(self, variables: Sequence[Any]) -> list[Any]:
        return list(self._session.run(list(variables)))

    def write(self, variables: Sequence[Any], values: Sequence[Any]) -> None:
        """Through the variables' own initialisers: an assignment made anew would add an op to the graph each time."""
        left = list(zip(variables, values, strict=True))
        while left:
            # One tensor may be the initial value of several variables: only one of them at a time.
            now = {variable.initializer.inputs[1]: (variable, value) for variable, value in left}
            self._session.run([v.initializer for v, _ in now.values()], {key: value for key, (_, value) in now.items()})
            written = {id(variable) for variable, _ in now.values()}
            left = [(variable, value) for variable, value in left if id(variable) not in written]

    def traces(self) -> int:
        return 0

    def execution(self) -> Execution:
        options, metadata = tf1.RunOptions(output_partition_graphs=True), tf1.RunMetadata()
        feeds = dict(zip(self._fed, next(self._feed), strict=True))
        self._session.run(self._fetches, feeds, options=options, run_metadata=metadata)
        self._ran = metadata.partition_graphs
        placed = [node for graph in self._ran for node in graph.node]
        devices = tuple(node.device for node in placed if any(op in node.op for op in WORKING_OPS))
        return Execution(graph_ops=len(self._needed()), devices=devices)

    def _needed(self) -> set[Any]:
        """The operations that a step needs; the graph holds initialisers besides."""
        loss, updates = self._fetches
        return counting.needed([*tf.nest.flatten(loss), *updates])

    def calls(self) -> Calls:
        self.run(1)
        return calling.of_graph(self._graph.as_graph_def())

    def placement(self) -> Placement:
        return placing.of_graphs(self._ran)

    def structure(self) -> Structure:
        ran = sum(len(graph.node) for graph in self._ran)
        fused = {each for graph in self._ran for each in fused_in_graph(graph)}
        return Structure(
            ops_optimised=ran, flops=counting.flops(self._graph, self._needed()), fused=tuple(sorted(fused))
        )


def _arrays(values: tuple[Any, ...]) -> tuple[np.ndarray, ...]:
    """A step's values as a Session is fed them."""
    return tuple(np.asarray(value) for value in tf.nest.flatten(values))


def _placeholder(spec: Any) -> Any:
    if not isinstance(spec, tf.TensorSpec):
        raise NotApplicable(f"its batches hold the Python value {spec!r}, but a static graph can only be fed tensors")
    return tf1.placeholder(spec.dtype, spec.shape)


open_trainer = GraphTrainer
