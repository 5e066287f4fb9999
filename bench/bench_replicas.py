"""Replicas: the batch split over devices or processes, and gradients averaged (tf.distribute)."""

from bench.report.pytest_benchmark.names import Show


def test_mirrored(show: Show) -> None:
    """Replicas on the devices of one process."""
    show()


def test_multi_worker(show: Show) -> None:
    """A process for each replica."""
    show()
