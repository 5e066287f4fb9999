"""One training step split over the replicas of a tf.distribute strategy: what the modes with replicas share.

Not a mode itself. The global batch is the baseline's: each replica takes its rows of it, the gradients are averaged
before the optimizer, and every replica makes the same update.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import islice
from typing import Any

import numpy as np
import tensorflow as tf

from bench.errors import NotApplicable, NotComparable
from bench.modes import inspection
from bench.modes.gathering import Gathering
from bench.modes.traced import TracedTrainer
from bench.records.costs import Structure
from bench.records.proof import Execution
from bench.records.replicas import ReplicaProof
from cifar_core.outputs import number

_REDUCES = ("Collective", "Nccl", "AllReduce")  # in the names of ops that reduce over replicas


class Share:
    """The inputs, of which each replica takes its own rows of every batch."""

    def __init__(self, inputs: Any, replicas: int) -> None:
        self._inputs, self._replicas = inputs, replicas
        self.rows = 0  # of a replica's share, once it is traced

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inputs, name)

    def batch(self, *values: Any) -> Any:
        images, labels, drop = self._inputs.batch(*values)
        rows, rest = divmod(images.shape[0], self._replicas)
        if rest:
            raise NotApplicable(f"a batch of {images.shape[0]} cannot be split evenly over {self._replicas} replicas")
        self.rows = rows
        first = tf.distribute.get_replica_context().replica_id_in_sync_group * rows
        return images[first : first + rows], labels[first : first + rows], drop


class Averaged:
    """The optimizer, given the mean of all replicas' gradients, unless `averages` is off when it is traced."""

    def __init__(self, optimizer: Any) -> None:
        self._optimizer, self.averages = optimizer, True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._optimizer, name)

    def apply(self, gradients: Sequence[Any]) -> list[Any]:
        replica, mean = tf.distribute.get_replica_context(), tf.distribute.ReduceOp.MEAN
        averaged = replica.all_reduce(mean, list(gradients)) if self.averages else gradients
        updates: list[Any] = self._optimizer.apply(averaged)
        return updates


class ReplicatedTrainer(TracedTrainer):
    """One step is one call of a traced graph that holds the step of every replica of this process.

    `link`: what the all-reduce goes over, in words. `gathering` asks the other processes, where there are some.
    """

    def __init__(self, make_task: Callable[..., Any], strategy: Any, link: str, gathering: Gathering) -> None:
        """Raises NotComparable for a model with batch statistics on several replicas."""
        self._strategy, self._link, self._gathering = strategy, link, gathering
        super().__init__(lambda: _split(make_task, strategy))

    def _loss_of_step(self, *values: Any) -> Any:
        self._traces.note(inspection.status(), *values)
        losses = self._strategy.run(self._loss_of_replica, args=values)
        return self._strategy.reduce(tf.distribute.ReduceOp.MEAN, losses, axis=None)

    def _loss_of_replica(self, *values: Any) -> Any:
        loss, _ = self.task.step(*values)
        return loss

    def execution(self) -> Execution:
        seen = super().execution()
        places = inspection.devices(*(copy for weight in self.task.weights for copy in self._copies(weight)))
        return replace(seen, devices=(*seen.devices, *places))

    def structure(self) -> Structure:
        """Of this process, but the floating-point operations are those of all, which each trace their own replicas."""
        here = super().structure()
        processes = self._strategy.num_replicas_in_sync // len(self._copies(self.task.weights[0]))
        return replace(here, flops=here.flops and here.flops * processes)

    def unaveraged(self) -> "Unaveraged":
        """The same step without any all-reduce, over the same variables: replicas then drift apart."""
        return Unaveraged(self.task, self._strategy)

    def _copies(self, variable: Any) -> tuple[Any, ...]:
        copies: tuple[Any, ...] = self._strategy.experimental_local_results(variable)
        return copies

    def replica_proof(self) -> ReplicaProof:
        """What the step was split into, and whether all replicas hold the same now. Nothing is trained."""
        variables = self.task.state()
        own = [[_bits(copy) for copy in self._copies(variable)] for variable in variables]
        every = np.concatenate([self._gathering(column) for column in zip(*own, strict=True)])  # replicas, variables
        apart = [v.name.split(":")[0] for v, column in zip(variables, every.T, strict=True) if len({*column}) > 1]
        kinds = Counter(op.type for op in self._concrete().graph.get_operations() if op.type.startswith(_REDUCES))
        count = self._strategy.num_replicas_in_sync
        return ReplicaProof(
            count,
            self.task.inputs.rows,
            tuple(f"{times} x {kind}" for kind, times in sorted(kinds.items())),
            self._link,
            tuple(sha256(row.tobytes()).hexdigest()[:16] for row in every),
            tuple(apart),
        )


class Unaveraged:
    """A step whose gradients stay each replica's own, to see what averaging costs; the loss is the first replica's."""

    def __init__(self, task: Any, strategy: Any) -> None:
        self._task, self._strategy = task, strategy
        self._feed: Iterator[tuple[Any, ...]] = task.inputs.feed()
        self._step = tf.function(self._loss_of_step)

    def _loss_of_step(self, *values: Any) -> Any:
        losses = self._strategy.run(self._loss_of_replica, args=values)
        return self._strategy.experimental_local_results(losses)[0]

    def _loss_of_replica(self, *values: Any) -> Any:
        loss, _ = self._task.step(*values)
        return loss

    def run(self, steps: int) -> None:
        self._task.optimizer.averages = False  # while the step is traced, in the first call
        for values in islice(self._feed, steps):
            self._loss = self._step(*values)
        self._task.optimizer.averages = True

    def sync(self) -> float:
        return number(self._loss)


def _split(make_task: Callable[..., Any], strategy: Any) -> Any:
    """The task with its variables on every replica, its batch split and its gradients averaged."""
    with strategy.scope():
        task = make_task()
    replicas = strategy.num_replicas_in_sync
    if task.averages and replicas > 1:
        raise NotComparable(
            f"its BatchNormalization computes mean and variance for each replica's share of the batch, of {replicas}, "
            "instead of the whole batch: other work than the baseline's"
        )
    task.inputs, task.optimizer = Share(task.inputs, replicas), Averaged(task.optimizer)
    return task


def _bits(variable: Any) -> float:
    """48 bits of a digest of the variable's value, which a float64 holds exactly."""
    return float(int.from_bytes(sha256(variable.numpy().tobytes()).digest()[:6], "big"))
