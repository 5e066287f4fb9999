"""The records of replicas: what tf.distribute made of a step, and what averaging the gradients costs."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReplicaProof:
    """A step split over replicas, looked at after the timing.

    `replicas` is how many tf.distribute keeps in sync, each with `batch` images of the global batch. `all_reduce` names
    the ops of the step's graph that reduce over replicas: '2 x CollectiveReduceV2'. `link` is what they go over.
    `digests`: a digest of all variables of each replica, bit for bit. `apart` names the variables whose bits differ
    between replicas.
    """

    replicas: int
    batch: int
    all_reduce: tuple[str, ...]
    link: str
    digests: tuple[str, ...]
    apart: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AllReduceCost:
    """Seconds of a step with and without its all-reduce, interleaved, after the timing: medians of so many `pairs`.

    Without it replicas drift apart, so those steps train nothing; the state is put back afterwards.
    """

    with_s: float
    without_s: float
    pairs: int

    @property
    def share(self) -> float:
        """The share of a step that the all-reduce takes, 0 to 1; 0 where the step without it was not faster."""
        return max(0.0, 1 - self.without_s / self.with_s) if self.with_s else 0.0
