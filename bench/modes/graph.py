"""TF1 style, the static graph: `step` is called once to build a tf.Graph, and a Session runs that graph."""

from collections.abc import Callable, Sequence
from itertools import cycle, islice
from typing import Any

import numpy as np
import tensorflow as tf

from bench.records import Execution

tf1 = tf.compat.v1


class Graph:
    """One step is one call of the Session for the loss and the update ops."""

    def __init__(self, make_task: Callable[[], Any]) -> None:
        self._graph = tf.Graph()
        with self._graph.as_default():
            self.task = make_task()
            self._index = tf1.placeholder(tf.int32, [])
            self._fetches = self.task.step(self._index)
            self._session = tf1.Session()  # takes the devices and threads set for the process
            self._session.run(tf1.global_variables_initializer())
            self._graph_ops = len(self._graph.get_operations())
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
        devices = tuple(node.device for graph in metadata.partition_graphs for node in graph.node)
        return Execution(0, self._graph_ops, xla_compilations=0, hlo_instructions=None, devices=devices)


open_trainer = Graph
