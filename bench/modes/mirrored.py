"""tf.distribute.MirroredStrategy: each device of one process has its share of the batch; gradients are averaged.

It differs from `function` in that the traced graph holds the step once for each replica, and an all-reduce.
"""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from bench.modes.gathering import ONE_PROCESS, Gathering
from bench.modes.replicated import ReplicatedTrainer


def open_strategy(kind: str, replicas: int, addresses: Sequence[str] = (), number: int = 0) -> Any:
    """The strategy over so many devices of a kind, 'cpu' or 'gpu'. Before TensorFlow has run anything."""
    return tf.distribute.MirroredStrategy([f"{kind}:{place}" for place in range(replicas)])


def gathering(strategy: Any) -> Gathering:
    """All replicas are in this process."""
    return ONE_PROCESS


def open_trainer(make_task: Callable[..., Any], strategy: Any) -> ReplicatedTrainer:
    """Raises NotComparable and NotApplicable."""
    link = "NCCL" if strategy.extended.worker_devices[0].endswith("GPU:0") else "the memory of one process"
    return ReplicatedTrainer(make_task, strategy, link, ONE_PROCESS)
