"""Runs that are struck by signals and gone on with end as runs without; and what looks for a difference sees one."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from faults import SIGNALS, TARGETS, Fault, faults, left_behind, strike
from soak import Tally, soak
from soak_kinds import Faked

from bench.records.run import Outcome
from bench.records.store import Store

SEED, COUNT = 5, 6


@pytest.fixture(scope="module")
def faked(tmp_path_factory: pytest.TempPathFactory) -> Faked:
    return Faked(tmp_path_factory.mktemp("sound") / "run")


@pytest.mark.usefixtures("interruptible")
def test_struck_runs_end_in_the_bytes_of_runs_without_faults(
    faked: Faked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    tally = soak(SEED, COUNT, faked, tmp_path)
    assert tally.broke == []
    assert sum(tally.tried.values()) == COUNT
    assert tally.commands >= COUNT


def test_the_same_seed_strikes_in_the_same_way_and_each_signal_and_target_has_its_turn() -> None:
    drawn = list(faults(1, 200))
    assert drawn == list(faults(1, 200)) != list(faults(2, 200))
    assert {(fault.signal, fault.target) for fault in drawn} == {(s, t) for s in SIGNALS for t in TARGETS}


def test_a_number_that_differs_is_seen(faked: Faked, tmp_path: Path) -> None:
    shutil.copytree(faked.reference, tmp_path / "run")
    assert faked.faults_at_end(tmp_path / "run") == []
    with Store.resume(tmp_path / "run") as store:
        (measurement,) = [o.measurement for o in store.outcomes()[:1]]
        assert measurement
        store.set_aside(store.outcomes()[:1], "to be changed")
        first_s, *rest_s = measurement.steady.seconds
        steady = replace(measurement.steady, seconds=(first_s * (1 + 1e-6), *rest_s))
        store.keep(Outcome(measurement=replace(measurement, steady=steady)))
    seen = faked.faults_at_end(tmp_path / "run")
    assert {"run/measurements.jsonl differs", "analysis differs", "run/tables/steady.csv differs"} <= set(seen)


def test_what_outlives_a_command_is_seen_and_ended() -> None:
    command = psutil.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    (seen,) = left_behind([psutil.Process(command.pid)], patience_s=0.1)
    assert str(command.pid) in seen
    assert command.wait(10) == -signal.SIGKILL


def test_a_fault_without_its_target_does_not_strike() -> None:
    command = psutil.Popen([sys.executable, "-c", "pass"])
    assert strike(Fault("SIGKILL", "fork server", 0.0, 0.0, 0.0), command, 0.0) is None
    assert command.returncode == 0


def test_a_fault_that_broke_something_is_counted_once() -> None:
    tally, fault = Tally(), Fault("SIGKILL", "worker", 0.5, 0.5, 0.1)
    tally.tried["SIGKILL", "worker"] = 2
    tally.broke = [(fault, "one thing"), (fault, "another"), (None, "not complete")]
    assert tally.held(("SIGKILL", "worker")) == 1
    assert "| SIGKILL | 0 of 0 | 1 of 2 |" in "\n".join(tally.table())


def test_the_script_ends_with_code_1_where_something_broke(tmp_path: Path) -> None:
    code = "import soak; soak.Faked.faults_at_end = lambda *_: ['broke']; soak.main()"
    words = [sys.executable, "-c", code, "1", "0"]
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parent / "support")}
    done = subprocess.run(words, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 1, done.stderr
    assert done.stdout.endswith("broke ([])\n")
