"""Durations are measured with clocks that nobody sets: the wall clock only says when something was."""

import re
from pathlib import Path

import pytest
from places import ROOT

STAMPS = {  # where the wall clock is read: to say when a record was made, to name a folder, and beside a file's time
    "bench/machine/environment.py": 1,
    "bench/records/lock.py": 1,
    "bench/runner/advise.py": 1,
    "bench/runner/fleet/machines.py": 1,
    "bench/runner/plan.py": 1,
    "bench/runner/selftest.py": 1,
    "bench/runner/train.py": 1,
    "bench/commands/console.py": 1,
    "bench/report/form/folder.py": 1,
}
WALL_CLOCK = re.compile(
    r"\btime\.time(?:_ns)?\(|\bdatetime\.(?:now|utcnow|today)\(|CLOCK_REALTIME|\btime\.(?:local|gm)time\("
)
FILES = [*(ROOT / "bench").rglob("*.py"), *(ROOT / "cifar_core").rglob("*.py")]


def readings(file: Path) -> int:
    return len(WALL_CLOCK.findall(file.read_text()))


@pytest.mark.parametrize("file", [file for file in FILES if "examples" not in file.parts], ids=lambda file: file.name)
def test_the_wall_clock_is_read_for_stamps_only(file: Path) -> None:
    assert readings(file) == STAMPS.get(str(file.relative_to(ROOT)), 0)
