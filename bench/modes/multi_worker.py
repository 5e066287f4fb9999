"""tf.distribute.MultiWorkerMirroredStrategy: each process has its share of the batch; gradients are averaged.

It differs from `mirrored` in that the replicas are processes, on one machine or on several, and the all-reduce goes
over the network: a ring over gRPC, on GPUs NCCL.
"""

from collections.abc import Callable, Sequence
from typing import Any

import tensorflow as tf

from bench.modes.gathering import ONE_PROCESS, Gathering, OverProcesses
from bench.modes.replicated import ReplicatedTrainer

_COMMUNICATION = tf.distribute.experimental.CollectiveCommunication


def open_strategy(kind: str, replicas: int, addresses: Sequence[str] = (), number: int = 0) -> Any:
    """The strategy of the process `number`, once all processes have begun. Before TensorFlow has run anything.

    `addresses`: host:port of each process; none for a single one.
    """
    cluster = tf.train.ClusterSpec({"worker": list(addresses)} if addresses else {})
    task_type = "worker" if addresses else ""
    resolver = tf.distribute.cluster_resolver.SimpleClusterResolver(
        cluster, task_type=task_type, task_id=number, rpc_layer="grpc"
    )
    implementation = _COMMUNICATION.RING if kind == "cpu" else _COMMUNICATION.NCCL
    options = tf.distribute.experimental.CommunicationOptions(implementation=implementation)
    return tf.distribute.MultiWorkerMirroredStrategy(cluster_resolver=resolver, communication_options=options)


def gathering(strategy: Any) -> Gathering:
    """What asks all processes."""
    cluster = strategy.cluster_resolver.cluster_spec().as_dict().get("worker", [])
    return OverProcesses(strategy, len(cluster), strategy.cluster_resolver.task_id) if len(cluster) > 1 else ONE_PROCESS


def open_trainer(make_task: Callable[..., Any], strategy: Any) -> ReplicatedTrainer:
    """Raises NotComparable and NotApplicable."""
    on_gpu = "GPU" in strategy.extended.worker_devices[0]
    return ReplicatedTrainer(make_task, strategy, "NCCL" if on_gpu else "a ring over gRPC", gathering(strategy))
