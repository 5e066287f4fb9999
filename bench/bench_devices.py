"""The same samples once more, turned around: one mode, its devices and numbers of threads side by side.

Give e.g. --devices cpu,gpu or --threads 1,2. They take turns block by block, not slice by slice as modes do, so a
difference between them is surer than one between two runs, and less sure than one between two modes.
"""

from bench.report.pytest_benchmark.names import Show


def test_device(show: Show) -> None:
    """One mode on one device with one number of threads."""
    show()
