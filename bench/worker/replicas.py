"""What replicas hold once the slices are over, and what averaging their gradients costs."""

import statistics
from typing import Any

from bench.records.case import Case
from bench.records.replicas import AllReduceCost, ReplicaProof
from bench.worker.snapshot import Snapshot
from bench.worker.timer import Clock, time_slice

PAIRS = 12  # the first one, in which the step without is traced, is dropped


def replica_proof(trainer: Any, case: Case) -> ReplicaProof | None:
    """Before anything is put back, which would make all replicas alike again; None of a case without replicas."""
    proof: ReplicaProof | None = trainer.replica_proof() if case.replicas else None
    return proof


def all_reduce_cost(trainer: Any, steps: int, clock: Clock) -> AllReduceCost:
    """Steps with and without the all-reduce, interleaved, each of so many: medians over the pairs.

    Every process of a case takes the same ones. The state is put back at the end, for without the all-reduce the
    replicas drift apart.
    """
    now, unaveraged = Snapshot(trainer), trainer.unaveraged()
    pairs = [[time_slice(each, steps, clock)[0] / steps for each in (trainer, unaveraged)] for _ in range(PAIRS)]
    now.put_back()
    with_s, without_s = (statistics.median(column) for column in zip(*pairs[1:], strict=True))
    return AllReduceCost(with_s, without_s, PAIRS - 1)
