"""Nothing outlives a child: whatever it starts and however it ends, its parent does not wait and nothing is left."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from left_behind import WAYS, alive, program
from places import ROOT
from waiting import eventually, still_there

from bench.machine import keeper
from bench.machine.completed import completed
from bench.machine.launcher import executed
from bench.machine.parent_end import Child, Gone

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="subreapers are Linux'")
ENV = dict(os.environ)
STAYS = "time.sleep(600)"


@pytest.fixture
def ids(tmp_path: Path) -> Path:
    return tmp_path / "ids"


@pytest.mark.parametrize("way", WAYS)
def test_what_a_child_leaves_behind_when_it_ends_is_ended_and_the_end_is_noticed(way: str, ids: Path) -> None:
    child = Child(executed(program(way, ids, "sys.exit(3)"), ENV))
    with pytest.raises(Gone, match="ended by itself with code 3"):
        child.receive(60.0)
    child.end()
    assert alive(ids) == []


@pytest.mark.parametrize("way", WAYS)
def test_what_a_child_has_started_ends_with_it(way: str, ids: Path) -> None:
    child = Child(executed(program(way, ids, f"print('ready', flush=True)\n{STAYS}"), ENV))
    child.receive(60.0)
    child.end()
    child.end()  # may be called again
    assert alive(ids) == []


@pytest.mark.parametrize("way", WAYS)
def test_what_a_child_that_crashes_has_started_ends_too(way: str, ids: Path) -> None:
    child = Child(executed(program(way, ids, "os.abort()"), ENV))
    with pytest.raises(Gone, match="died of SIGABRT"):
        child.receive(60.0)
    child.end()
    assert alive(ids) == []


@pytest.mark.parametrize("way", WAYS)
def test_a_program_that_is_run_to_its_end_leaves_nothing_behind_and_is_not_waited_for(way: str, ids: Path) -> None:
    done = completed(program(way, ids, "print('done')"), ENV, 60.0)
    assert (done.code, done.out) == (0, b"done\n")
    assert alive(ids) == []


@pytest.mark.parametrize("way", WAYS)
def test_a_program_that_does_not_end_is_ended_with_what_it_has_started(way: str, ids: Path) -> None:
    assert completed(program(way, ids, STAYS), ENV, 1.5).code is None
    eventually(lambda: not alive(ids))


PARENT = f"""import os, sys, time
sys.path[:0] = [{str(ROOT)!r}, {str(ROOT / "tests" / "support")!r}]
from pathlib import Path
from left_behind import program
from bench.machine.launcher import executed
from bench.machine.parent_end import Child
command = program(sys.argv[1], Path(sys.argv[2]), "print(1, flush=True)\\ntime.sleep(600)")
child = Child(executed(command, dict(os.environ)))
child.receive(60.0)
print("ready", flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("way", WAYS)
def test_nothing_outlives_a_parent_that_is_killed(way: str, ids: Path) -> None:
    command, env = [sys.executable, "-c", PARENT, way, str(ids)], {**ENV, "TMPDIR": str(ids.parent)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == b"ready\n"
        children = psutil.Process(parent.pid).children(recursive=True)
        there = len([*ids.parent.glob("cifar-bench-*")])
        parent.kill()
    eventually(lambda: not alive(ids))
    assert still_there(children) == []
    assert (there, [*ids.parent.glob("cifar-bench-*")]) == (1, [])  # the folder of its temporary files


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_child_can_be_ended_whatever_becomes_of_its_keeper(how: int, ids: Path) -> None:
    ready = f"print('ready', flush=True)\n{STAYS}"
    child = Child(executed(program("a child that holds the pipe", ids, ready), ENV))
    child.receive(60.0)
    (of_child,) = psutil.Process().children()
    os.kill(of_child.pid, how)
    child.end()
    eventually(lambda: not alive(ids))
    assert psutil.Process().children() == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_scheduler_that_sends_its_signal_to_every_process_leaves_the_end_to_the_parent(number: int) -> None:
    code = "from bench.machine.child_end import connect\nlines, out = connect()\n"
    code += "for line in lines:\n    out.write(line); out.flush()"
    child = Child(executed((sys.executable, "-c", code), {**ENV, "PYTHONPATH": str(ROOT)}))
    child.send("first")
    child.receive(60.0)
    for process in psutil.Process().children(recursive=True):
        if number != signal.SIGINT or process.parent() == psutil.Process():
            process.send_signal(number)
    child.send("second")
    assert child.receive(60.0) == b'"second"\n'
    child.end()


def test_what_a_child_forks_still_dies_of_sigterm() -> None:
    code = (
        "import os, signal, time\nfrom bench.machine.child_end import connect\nlines, out = connect()\n"
        "pid = os.fork()\nif not pid:\n    time.sleep(600)\ntime.sleep(0.2)\nos.kill(pid, signal.SIGTERM)\n"
        "out.write(b'%d\\n' % os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])); out.flush()"
    )
    child = Child(executed((sys.executable, "-c", code), {**ENV, "PYTHONPATH": str(ROOT)}))
    assert child.receive(60.0) == b"-15\n"
    child.end()


def test_a_program_is_started_with_the_signals_that_its_parent_would_give_it() -> None:
    code = "import signal; print(signal.pthread_sigmask(signal.SIG_BLOCK, ()), int(signal.getsignal(signal.SIGCHLD)))"
    assert completed((sys.executable, "-c", code), ENV, 60.0).out.decode().split() == ["set()", "0"]


def test_a_program_that_is_not_there_is_said() -> None:
    done = completed(("no-such-program-anywhere",), ENV, 60.0)
    assert done.code == keeper.NOT_FOUND
    assert done.errors == b"no-such-program-anywhere: No such file or directory\n"


def test_whether_somebody_stopped_a_child_is_known_and_only_then() -> None:
    echo = "import sys\nfor line in sys.stdin: print(line, end='', flush=True)"
    child, other = (Child(executed((sys.executable, "-c", echo), ENV)) for _ in range(2))
    for each in (child, other):
        each.send("ready")
        each.receive(60.0)
    assert not child.stopped()
    program_of = {process.pid: process.children()[0] for process in psutil.Process().children()}
    first = program_of[min(program_of)]
    first.suspend()
    eventually(lambda: first.status() == psutil.STATUS_STOPPED)
    first.resume()
    eventually(lambda: child.stopped() or other.stopped())
    assert child.stopped() != other.stopped()
    child.end()
    other.end()
