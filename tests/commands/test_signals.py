"""Commands that are ended by a signal: what was timed is kept, how to go on is said, and nothing is left running."""

import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from builders import a_group, a_plan, outcomes
from left_behind import alive
from places import ROOT, SUPPORT
from waiting import LATE_S, eventually, still_there

from bench.records.store import Store

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX'"),
    pytest.mark.usefixtures("interruptible"),
]
ENDING = [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
RUN = "run --preset quick --modes eager,function --data synthetic --out run --blocks 1".split()
Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts a command whose children are fakes, in this test's folder."""
    started: list[subprocess.Popen[str]] = []

    def begin(faults: str, *words: str, **options: object) -> "subprocess.Popen[str]":
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT, SUPPORT)))}
        command = [sys.executable, str(SUPPORT / "faked_command.py"), faults, *words]
        process: subprocess.Popen[str] = subprocess.Popen(
            command, cwd=tmp_path, env=environment, text=True,
            **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options},  # type: ignore[call-overload]
        )  # fmt: skip
        started.append(process)
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()


def timing(process: "subprocess.Popen[str]", folder: Path, file: str = "timing") -> list[psutil.Process]:
    """Wait until a child says that it is working; every process that the command has started by then."""
    eventually(lambda: (folder / file).exists() or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    return psutil.Process(process.pid).children(recursive=True)


@pytest.mark.parametrize(("number", "code"), ENDING)
def test_a_run_keeps_what_it_has_timed_says_how_to_go_on_and_goes_on(
    start: Start, tmp_path: Path, number: int, code: int
) -> None:
    process = start("eager=mark function=mark", *RUN)
    children = timing(process, tmp_path)
    process.send_signal(number)
    _, said = process.communicate(timeout=LATE_S)
    assert process.returncode == code
    assert "interrupted; go on with: cifar-bench run --resume run\n" in said
    assert "Traceback" not in said
    assert still_there(children) == []
    kept = (tmp_path / "run" / "interrupted.jsonl").read_text().splitlines()
    assert len(kept) == 3
    assert all('"measurement":{' in line for line in kept)
    assert (tmp_path / "run" / "report.md").exists()
    again = start("", "run", "--resume", "run", "--blocks", "1")
    _, said = again.communicate(timeout=LATE_S)
    assert len(Store.open(tmp_path / "run").outcomes()) == 3, said


@pytest.mark.parametrize("second", [number for number, _ in ENDING])
def test_a_second_signal_ends_the_rescue_and_all_processes(start: Start, tmp_path: Path, second: int) -> None:
    process = start("eager=wait function=wait eager-again=wait", *RUN)
    children = timing(process, tmp_path)
    process.send_signal(signal.SIGTERM)
    time.sleep(1.0)  # it waits 5 s for each of the workers
    process.send_signal(second)
    process.send_signal(second)
    _, said = process.communicate(timeout=LATE_S)
    assert process.returncode in {code for number, code in ENDING if number in (signal.SIGTERM, second)}, said
    assert "Traceback" not in said
    assert still_there(children) == []
    Store.resume(tmp_path / "run").close()  # it is a sound folder that nobody writes to


def test_a_signal_that_was_ignored_when_the_run_began_does_not_end_it(start: Start, tmp_path: Path) -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = start("eager=mark function=mark", *RUN)
    finally:
        signal.signal(signal.SIGHUP, before)
    timing(process, tmp_path)
    process.send_signal(signal.SIGHUP)
    _, said = process.communicate(timeout=LATE_S)
    assert process.returncode == 0, said
    assert not (tmp_path / "run" / "interrupted.jsonl").exists()


def test_a_run_whose_terminal_is_closed_keeps_what_it_has_timed(start: Start, tmp_path: Path) -> None:
    ours, terminal = pty.openpty()
    process = start(
        "eager=mark function=mark", *RUN,
        stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True, preexec_fn=take_terminal,
    )  # fmt: skip
    os.close(terminal)
    children = timing(process, tmp_path)
    os.close(ours)
    assert process.wait(timeout=LATE_S) == 129
    assert still_there(children) == []
    assert len((tmp_path / "run" / "interrupted.jsonl").read_text().splitlines()) == 3
    assert (tmp_path / "run" / "report.md").exists()


def take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


TRAIN = "train --data synthetic --steps 20 --out t"
ACCURACY = "accuracy --data synthetic --seeds 1 --steps 20 --modes eager,graph --out a"


@pytest.mark.parametrize(
    ("number", "code", "words", "says"),
    [
        (signal.SIGTERM, 143, TRAIN, "cifar-bench train --resume t"),
        (signal.SIGHUP, 129, TRAIN, "cifar-bench train --resume t"),
        (signal.SIGTERM, 143, ACCURACY, "cifar-bench accuracy --resume a"),
        (signal.SIGTERM, 143, "devices", ""),
        (signal.SIGINT, 130, "devices", ""),
        (signal.SIGTERM, 143, "probe mine.py", ""),
        (signal.SIGINT, 130, "probe mine.py", ""),
        (signal.SIGTERM, 143, "explain step", ""),
        (signal.SIGHUP, 129, "rules --demo", ""),
    ],
)
def test_every_command_that_starts_children_ends_with_them(
    start: Start, tmp_path: Path, number: int, code: int, words: str, says: str
) -> None:
    (tmp_path / "mine.py").write_text("def drive():\n    pass\n")
    process = start("hang", *words.split())
    children = timing(process, tmp_path, "ids")
    process.send_signal(number)
    _, said = process.communicate(timeout=LATE_S)
    assert process.returncode == code, said
    assert says in said
    assert "Traceback" not in said
    assert "Aborted" not in said
    assert still_there(children) == []
    eventually(lambda: not alive(tmp_path / "ids"))


def test_a_self_test_ends_with_its_children(start: Start, tmp_path: Path) -> None:
    process = start("eager=mark function=mark", *"selftest --data synthetic --neighbour --out s".split())
    children = timing(process, tmp_path)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=LATE_S)
    assert process.returncode == 143, said
    assert "interrupted; what was measured is kept" in said
    assert still_there(children) == []


def test_break_evens_that_are_being_tried_end_with_their_workers(start: Start, tmp_path: Path) -> None:
    with Store.create(tmp_path / "run", a_plan(a_group(("eager", "function")))) as store:
        for outcome in outcomes(store.plan, {"eager": 0.02, "eager-again": 0.02, "function": 0.01}):
            assert outcome.measurement
            first_call_s = 0.7 if outcome.case.mode == "function" else 0.3
            store.keep(replace(outcome, measurement=replace(outcome.measurement, first_call_s=first_call_s)))
    process = start("eager=mark function=mark", *"breakeven run --modes function".split())
    children = timing(process, tmp_path)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=LATE_S)
    assert process.returncode == 143, said
    assert "interrupted; what was tried is kept: type the same again" in said
    assert still_there(children) == []


def test_a_step_that_never_ends_is_ended_at_the_time_limit_that_was_typed(start: Start, tmp_path: Path) -> None:
    process = start("function=hang", *RUN, "--time-limit", "10s")
    _, said = process.communicate(timeout=LATE_S)
    assert process.returncode == 4
    assert "no answer within 10 s: it hung and was ended" in said
    assert len(Store.open(tmp_path / "run").outcomes()) == 3


def test_a_command_that_is_killed_leaves_nothing_running(start: Start, tmp_path: Path) -> None:
    process = start("hang", *"train --data synthetic --steps 20 --out t".split())
    children = timing(process, tmp_path, "ids")
    process.kill()
    assert still_there(children) == []
    eventually(lambda: not alive(tmp_path / "ids"))
