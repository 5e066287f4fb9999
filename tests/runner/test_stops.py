"""A run whose processes are stopped, hang or starve goes on; a block that spanned a stop is not counted."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from builders import SCHEDULE, a_group, a_plan
from places import ROOT, SUPPORT
from started import stop_and_go, stop_the_first, workers
from waiting import LATE_S
from watcher import Watcher

from bench.records.run import Failure, Outcome
from bench.records.store import Store
from bench.runner import run
from cifar_core.cifar10 import SYNTHETIC

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="that a process was stopped is told by Linux' keepers")
FAKE = (sys.executable, str(SUPPORT / "fake_worker.py"))
CASES = a_group(("eager", "function"))
SLOW = ("eager=slow", "function=slow")


def a_store(folder: Path, **schedule: object) -> Store:
    schedule = {"blocks": 2, "time_limit_s": LATE_S, **schedule}
    return Store.create(folder, a_plan(CASES, schedule=replace(SCHEDULE, **schedule)))  # type: ignore[arg-type]


def set_aside(store: Store) -> int:
    return (store.folder / "measurements.jsonl").read_bytes().count(b'"set_aside"')


def sound(store: Store) -> bool:
    return len(store.outcomes()) == 6 and all(outcome.measurement for outcome in store.outcomes())


@pytest.mark.parametrize("stage", ["loading", "first step", "round 1", "round 4"])
def test_a_block_in_which_a_worker_was_stopped_is_measured_again(tmp_path: Path, stage: str) -> None:
    store = a_store(tmp_path, rounds=4)
    watcher = Watcher(stage, lambda: threading.Thread(target=stop_the_first).start())
    assert run.execute(store, SYNTHETIC, watcher, (*FAKE, *SLOW)) == ""
    assert sound(store)
    assert set_aside(store) == 3


def test_a_block_in_which_only_the_keeper_of_a_worker_was_stopped_counts(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    watcher = Watcher("round 2", lambda: stop_and_go(psutil.Process().children()[0]))
    assert run.execute(store, SYNTHETIC, watcher, FAKE) == ""
    assert sound(store)
    assert set_aside(store) == 0


def test_a_worker_that_is_stopped_for_good_is_ended_at_the_time_limit_and_its_block_measured_again(
    tmp_path: Path,
) -> None:
    store = a_store(tmp_path, time_limit_s=10.0)
    assert run.execute(store, SYNTHETIC, Watcher("round 2", lambda: workers()[0].suspend()), FAKE) == ""
    assert sound(store)
    assert set_aside(store) == 3


def test_a_block_that_is_stopped_each_time_is_left_out_and_measured_by_a_later_run(tmp_path: Path) -> None:
    store = a_store(tmp_path)

    class Pest(Watcher):
        def notice(self, text: str, share: float) -> None:
            if "round 2" in text and not self.blocks:
                stop_and_go(workers()[0])

    assert run.execute(store, SYNTHETIC, Pest(), FAKE) == ""
    assert {outcome.block for outcome in store.outcomes()} == {1}
    assert set_aside(store) == 3 * run.TRIES
    assert run.execute(store, SYNTHETIC, Watcher(), FAKE) == ""
    assert sound(store)


PARENT = """import sys
from pathlib import Path
from watcher import Watcher
from test_stops import CASES, FAKE, SLOW, a_store
from bench.runner import run
from cifar_core.cifar10 import SYNTHETIC
store = a_store(Path(sys.argv[1]), rounds=8)
run.execute(store, SYNTHETIC, Watcher("round 2", lambda: print("timing", flush=True)), (*FAKE, *SLOW))
"""


def test_a_run_that_is_stopped_itself_goes_on_and_measures_that_block_again(tmp_path: Path) -> None:
    paths = os.pathsep.join(map(str, (ROOT, SUPPORT, Path(__file__).parent)))
    command = [sys.executable, "-c", PARENT, str(tmp_path / "run")]
    with subprocess.Popen(command, env={**os.environ, "PYTHONPATH": paths}, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"timing\n"
        os.kill(process.pid, signal.SIGSTOP)
        time.sleep(4.5)
        os.kill(process.pid, signal.SIGCONT)
        assert process.wait(timeout=LATE_S) == 0
    store = Store.open(tmp_path / "run")
    assert sound(store)
    assert set_aside(store) == 3


def outcomes_of(store: Store, arm: str) -> list[Outcome]:
    return [outcome for outcome in store.outcomes() if outcome.case.arm == arm]


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("hang", "no answer within 10 s: it hung and was ended"),
        ("starve", "MemoryError"),
        ("die", "killed from outside (SIGKILL), as the system does when memory runs out"),
    ],
)
def test_a_case_that_hangs_or_starves_is_a_failure_and_the_others_are_measured(
    tmp_path: Path, fault: str, said: str
) -> None:
    store = a_store(tmp_path, blocks=1, time_limit_s=10.0)
    run.execute(store, SYNTHETIC, Watcher(), (*FAKE, f"function={fault}"))
    (failure,) = [outcome.failure for outcome in outcomes_of(store, "function")]
    assert isinstance(failure, Failure)
    assert said in failure.message
    assert all(outcome.measurement for outcome in outcomes_of(store, "eager"))
    assert set_aside(store) == 0


def test_a_clock_that_jumps_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import random, time\ntime.time = lambda: random.choice([-1e9, 0.0, 1e12])\n"
        "time.time_ns = lambda: int(1e9 * time.time())\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))  # of the workers
    jumps = iter(range(10**9))
    jumping: Callable[[], float] = lambda: 1.6e9 + (-1) ** next(jumps) * 1e9  # noqa: E731
    monkeypatch.setattr(time, "time", jumping)
    store = a_store(tmp_path / "run", budget_s=1000.0)
    assert run.execute(store, SYNTHETIC, Watcher(), FAKE) == ""
    assert sound(store)
    assert set_aside(store) == 0
