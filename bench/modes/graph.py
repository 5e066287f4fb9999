"""TF1 style, the static graph: `step` is called once to build a tf.Graph, and a Session runs that graph.

A Session waits for the device after every step by its nature; the other modes wait once a slice.
"""

from collections.abc import Callable, Sequence
from itertools import cycle, islice
from typing import Any

import numpy as np
import tensorflow as tf

from bench.records import Execution

tf1 = tf.compat.v1
# A Session also places feeds, fetches and shapes, always on the host: these are the operations that do the work.
WORKING_OPS = ("Conv2D", "MatMul", "MaxPool", "VarHandle", "ResourceApply")


class Graph:
    """One step is one call of the Session for the loss and the update ops."""

    def __init__(self, make_task: Callable[..., Any]) -> None:
        self._graph = tf.Graph()
        held: dict[Any, np.ndarray] = {}

        def hold(array: np.ndarray) -> Any:
            """A stand-in that is fed once: as a constant the batches would be part of the graph."""
            stand_in = tf1.placeholder(array.dtype, array.shape)
            held[stand_in.ref()] = array
            return stand_in

        with self._graph.as_default():
            self.task = make_task(hold)
            self._index = tf1.placeholder(tf.int32, [])
            self._fetches = self.task.step(self._index)
            self._session = tf1.Session()  # takes the devices and threads set for the process
            feeds = {stand_in.deref(): array for stand_in, array in held.items()}
            self._session.run(tf1.global_variables_initializer(), feeds)
            # What a hand-tuned TF1 loop used: run() without its per-call parsing of fetches and feeds.
            self._step = self._session.make_callable(self._fetches, feed_list=[self._index])
        self._indices = cycle(np.arange(self.task.batch_count, dtype=np.int32))

    def run(self, steps: int) -> None:
        for index in islice(self._indices, steps):
            self._loss, _ = self._step(index)

    def sync(self) -> float:
        return float(self._loss)

    def read(self, variables: Sequence[Any]) -> list[Any]:
        return list(self._session.run(list(variables)))

    def traces(self) -> int:
        return 0

    def execution(self) -> Execution:
        options, metadata = tf1.RunOptions(output_partition_graphs=True), tf1.RunMetadata()
        self._session.run(self._fetches, {self._index: 0}, options=options, run_metadata=metadata)
        placed = [node for graph in metadata.partition_graphs for node in graph.node]
        devices = tuple(node.device for node in placed if any(op in node.op for op in WORKING_OPS))
        return Execution(0, self._graph_ops(), xla_compilations=0, hlo_instructions=None, devices=devices)

    def _graph_ops(self) -> int:
        """The operations that a step needs; the graph holds initialisers besides."""
        loss, updates = self._fetches
        needed: set[Any] = set()
        left = [loss.op, *(update if isinstance(update, tf.Operation) else update.op for update in updates)]
        while left:
            operation = left.pop()
            if operation not in needed:
                needed.add(operation)
                left += [tensor.op for tensor in operation.inputs] + list(operation.control_inputs)
        return len(needed)


open_trainer = Graph
