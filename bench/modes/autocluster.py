"""Auto-clustering: tf.function's graph, of which XLA compiles the parts (clusters) that it thinks worth it.

It differs from `function` in the flags in the mode's row, which must be set before TensorFlow loads; no Python asks for
clusters. What proves the mode are the clusters in the graph that the runtime has optimised.
"""

from dataclasses import replace

from bench.modes.traced import TracedTrainer
from bench.records.proof import Execution


class AutoclusterTrainer(TracedTrainer):
    """One step is one call of a traced graph, parts of which are compiled."""

    def execution(self) -> Execution:
        clusters = sum(node.op == "_XlaRun" for node in self._optimised_graph.node)
        return replace(super().execution(), clusters=clusters)


open_trainer = AutoclusterTrainer
