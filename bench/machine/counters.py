"""What the system counts of this process beside the clock: CPU time, resident memory, input and output.

Leaves out what TensorFlow knows of itself (insight.py).
"""

import sys
import time

import psutil


class Spent:
    """CPU seconds and bytes over all slices of a case; resident memory before the first and after the last.

    Read right outside the clock, so that counting costs no time that is shown.
    """

    def __init__(self) -> None:
        self.cpu_s, self.io_bytes = 0.0, 0
        self.memory_before = self.memory_after = 0

    def begin(self) -> None:
        """Called before a slice."""
        self.memory_before = self.memory_before or memory_bytes()
        self._io_bytes, self._cpu_s = io_bytes(), time.process_time()

    def end(self) -> None:
        """Called after it."""
        self.cpu_s += time.process_time() - self._cpu_s
        self.io_bytes += io_bytes() - self._io_bytes
        self.memory_after = memory_bytes()


def io_bytes() -> int:
    """What this process has read and written so far, from caches too; 0 where the system does not say."""
    if not hasattr(psutil.Process, "io_counters"):
        return 0
    counted = psutil.Process().io_counters()
    return int(counted.read_chars + counted.write_chars)


def peak_memory_bytes() -> int:
    """The high-water mark of this process' resident memory.

    A forked worker's holds all that its nursery had written, and of the libraries' code only what it has used itself:
    some 300 MiB less than an executed worker's, for every case of a block alike.
    """
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)


def memory_bytes() -> int:
    """Resident memory of this process now."""
    return int(psutil.Process().memory_info().rss)
