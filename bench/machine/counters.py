"""What the system counts for this process: CPU time, resident memory, input and output."""

import sys
import time
from dataclasses import dataclass

import psutil


@dataclass(frozen=True, slots=True)
class Used:
    """CPU seconds of all threads, and bytes read and written: up to a moment, or between two moments."""

    cpu_s: float
    io_bytes: int


def use_begins() -> Used:
    """What was used until now; read right before a slice, the CPU time last."""
    counted = io_bytes()
    return Used(time.process_time(), counted)


def used_since(begin: Used) -> Used:
    """What was used since; read right after a slice, the CPU time first."""
    cpu_s = time.process_time() - begin.cpu_s
    return Used(cpu_s, io_bytes() - begin.io_bytes)


def io_bytes() -> int:
    """What this process has read and written so far, from caches too; 0 where the system does not say."""
    if not hasattr(psutil.Process, "io_counters"):
        return 0
    counted = psutil.Process().io_counters()
    return int(counted.read_chars + counted.write_chars)


def peak_memory_bytes() -> int:
    """The high-water mark of this process' resident memory.

    A forked worker's holds all that its fork server had written, and of the libraries' code only what it has used
    itself: some 300 MiB less than an executed worker's, for every case of a block alike.
    """
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(peak if sys.platform == "darwin" else peak * 1024)


def memory_bytes() -> int:
    """Resident memory of this process now."""
    return int(psutil.Process().memory_info().rss)
