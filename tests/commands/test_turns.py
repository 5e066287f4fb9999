"""Whatever times takes its turn on the machine: a second command waits, or ends before it has made anything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from builders import a_plan, outcomes
from command_line import bench, the_line
from places import ROOT, SUPPORT
from waiting import LATE_S

from bench.machine import host_lock
from bench.machine.host_lock import HostLock
from bench.records.store import Store

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the lock is flock(2)")


@pytest.fixture(autouse=True)
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A runtime folder of the test's own, for it and for the commands that it starts."""
    monkeypatch.delenv(host_lock.OFF)
    (tmp_path / "runtime").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))


@pytest.mark.parametrize(
    "words",
    [
        "run --data synthetic",
        "run --resume run",
        "breakeven run --modes function",
        "selftest --data synthetic",
        "train --data synthetic",
        "accuracy --data synthetic",
        "explain step",
    ],
)
def test_without_waiting_a_second_command_is_one_line_and_makes_nothing(words: str, tmp_path: Path) -> None:
    steps = {"eager": 0.05, "eager-again": 0.05, "graph": 0.03, "function": 0.02, "xla": 0.07}
    plan = a_plan()
    with Store.create(tmp_path / "run", plan) as store:
        for outcome in outcomes(plan, steps, blocks=3):
            store.keep(outcome)
    before = (tmp_path / "run" / "measurements.jsonl").read_bytes()
    with HostLock(print):
        line = the_line(bench(*words.split(), "--no-wait", cwd=tmp_path))
    assert line.startswith(f"error: process {os.getpid()} (")
    assert "is timing on this machine; wait until it has ended, or leave out --no-wait" in line
    assert {path.name for path in tmp_path.iterdir()} == {"run", "runtime"}
    assert (tmp_path / "run" / "measurements.jsonl").read_bytes() == before


@pytest.mark.parametrize("words", ["probe nothing.py", "check .", "list", "rules AG101", "run --modes nonsense"])
def test_what_times_nothing_waits_for_nobody(words: str, tmp_path: Path) -> None:
    with HostLock(print):
        done = bench(*words.split(), cwd=tmp_path, timeout=LATE_S)
    assert "timing on this machine" not in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        "run --preset quick --modes eager --data synthetic --out made --blocks 1",
        "selftest --data synthetic --out made",
        "train --data synthetic --steps 20 --display-step 10 --out made",
        "accuracy --data synthetic --steps 20 --display-step 10 --seeds 1 --modes eager,graph --out made",
    ],
)
def test_a_second_command_says_for_whom_it_waits_and_then_does_its_work(words: str, tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, SUPPORT)))}
    command = [sys.executable, str(SUPPORT / "faked_command.py"), "", *words.split()]
    with HostLock(print):
        process = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
        assert process.stderr
        said = next((line for line in process.stderr if "waiting" in line), "nothing")
    assert said.startswith(f"waiting for process {os.getpid()} (")
    _, rest = process.communicate(timeout=LATE_S)
    assert process.returncode == 0, rest
    assert "waiting" not in rest
