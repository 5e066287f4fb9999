"""One mode on each device and with each number of threads, grouped for comparison: the same samples as in its own file.

Give e.g. --devices cpu,gpu or --threads 1,2. Devices are interleaved block by block, modes slice by slice. So a
difference between devices is more certain than one between two runs, and less certain than one between two modes.
"""

from bench.report.pytest_benchmark.names import Show


def test_device(show: Show) -> None:
    """One mode on one device with one number of threads."""
    show()
