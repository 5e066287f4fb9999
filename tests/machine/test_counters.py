"""What the system counts of this process."""

import mmap
import os
import time
from pathlib import Path

import pytest

from bench.machine.counters import memory_bytes, peak_memory_bytes, use_begins, used_since


def burn(cpu_s: float) -> None:
    end = time.process_time() + cpu_s
    while time.process_time() < end:
        pass


def test_cpu_time_is_that_since_the_beginning_only() -> None:
    burn(0.3)
    begin = use_begins()
    burn(0.02)
    assert 0.02 <= used_since(begin).cpu_s < 0.25


def test_new_pages_are_counted_as_resident_memory() -> None:
    before = memory_bytes()
    held = mmap.mmap(-1, 30_000_000)  # new pages, where bytes() may be given some that were freed and are resident yet
    for page in range(0, len(held), mmap.PAGESIZE):
        held[page] = 1
    assert memory_bytes() - before > len(held) / 2
    assert peak_memory_bytes() > before


@pytest.mark.skipif(not os.path.exists("/proc/self/io"), reason="this system does not count it")
def test_bytes_written_since_are_counted(tmp_path: Path) -> None:
    begin = use_begins()
    (tmp_path / "file").write_bytes(b"x" * 100_000)
    assert used_since(begin).io_bytes >= 100_000
