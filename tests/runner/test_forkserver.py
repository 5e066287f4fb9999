"""Fork servers whose tensorflow is a file in a test's folder: how workers start from them, and how they end."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from builders import ENVIRONMENT, SCHEDULE, a_group
from left_behind import WAYS, alive, code
from waiting import LATE_S, eventually, still_there

from bench.machine.parent_end import Child, Gone
from bench.modes.process_env import child_env
from bench.records.messages import Order, StageRequest
from bench.records.run import Failure, Outcome
from bench.runner.block import Block
from bench.runner.forkserver import ForkServer, ForkServers, ForkServersAhead
from bench.runner.worker_process import WORKER, CaseFailed, WorkerProcess
from cifar_core.cifar10 import SYNTHETIC

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="workers are forked on Linux only")
ORDERS = [
    Order(case, 0, replace(SCHEDULE, time_limit_s=LATE_S), ENVIRONMENT, SYNTHETIC)
    for case in a_group(("eager", "function"))
]
Pretend = Callable[[str], None]
FINDER = """import importlib.util, pathlib, sys
class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        file = pathlib.Path(__file__).with_name("pretended_tensorflow.py")
        return importlib.util.spec_from_file_location(name, file) if name == "tensorflow" else None
sys.meta_path.insert(0, Finder)
"""


@pytest.fixture
def pretend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Pretend:
    """Makes this text the module that `import tensorflow` finds, wherever the package itself is installed."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "sitecustomize.py").write_text(FINDER)
    return lambda text: (tmp_path / "pretended_tensorflow.py").write_text(text) and None


@pytest.fixture
def server(pretend: Pretend) -> Iterator[ForkServer]:
    pretend("")
    server = ForkServer(child_env("eager", "cpu"), LATE_S)
    yield server
    server.end()


def servers() -> list[psutil.Process]:
    """The fork servers, each under its keeper."""
    return [server for keeper in psutil.Process().children() for server in keeper.children()]


def forks() -> list[psutil.Process]:
    return [fork for process in servers() for fork in process.children()]


def failures(time_limit_s: float = LATE_S) -> list[Failure]:
    kept: list[Outcome] = []
    orders = [replace(o, schedule=replace(o.schedule, time_limit_s=time_limit_s)) for o in ORDERS]
    Block(orders, 0, lambda outcome, _: kept.append(outcome), lambda text, share: None).run()
    failed = [outcome.failure for outcome in kept if outcome.failure]
    assert len(failed) == len(kept) == 3
    assert {failure.stage for failure in failed} == {"open"}
    return failed


def test_a_tensorflow_that_cannot_be_imported_fails_every_case_with_its_own_error(pretend: Pretend) -> None:
    pretend("raise ImportError('libtensorflow.so: no such file')")
    for failure in failures():
        assert failure.message == "libtensorflow.so: no such file"
        assert "ImportError" in failure.stderr_tail


def test_a_tensorflow_that_crashes_on_import_fails_every_case_with_what_it_said(pretend: Pretend) -> None:
    pretend("import os\nos.write(2, b'illegal instruction')\nos.abort()")
    for failure in failures():
        assert failure.message == "died of SIGABRT"
        assert "illegal instruction" in failure.stderr_tail


def test_a_tensorflow_whose_import_hangs_is_ended_at_the_time_limit(pretend: Pretend) -> None:
    pretend("import time\ntime.sleep(60)")
    for failure in failures(time_limit_s=2.0):
        assert "did not import TensorFlow and fork a worker in time" in failure.stderr_tail


def test_forks_have_sessions_of_their_own_and_the_end_of_one_is_not_the_others(server: ForkServer) -> None:
    first, second = (WorkerProcess(order, server.fork) for order in ORDERS[:2])
    first.end()
    (fork,) = forks()
    eventually(lambda: os.getsid(fork.pid) == fork.pid)
    second.ask(StageRequest("no such stage"))
    with pytest.raises(CaseFailed, match="no such stage"):
        second.answer()
    second.end()


def test_a_fork_that_is_killed_is_said_to_be(server: ForkServer) -> None:
    worker = WorkerProcess(ORDERS[0], server.fork)
    (fork,) = forks()
    os.kill(fork.pid, signal.SIGKILL)
    with pytest.raises(CaseFailed, match="killed from outside"):
        worker.answer()
    worker.end()


def test_no_fork_outlives_its_server(server: ForkServer) -> None:
    worker = WorkerProcess(ORDERS[0], server.fork)
    (process,), (fork,) = servers(), forks()
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(CaseFailed, match="SIGKILL"):
        worker.answer()
    worker.end()
    assert still_there([fork]) == []


def test_a_fork_that_breaks_outside_its_case_says_so_on_its_own_stderr(server: ForkServer) -> None:
    broken = Child(server.fork)
    broken.send("no order")
    with pytest.raises(Gone, match="ended by itself with code 1"):
        broken.receive(LATE_S)
    assert "ValidationError" in broken.tail()
    broken.end()


def test_cases_with_the_same_environment_share_a_fork_server_and_gpu_cases_have_none(pretend: Pretend) -> None:
    pretend("")
    gpu = [replace(order, case=replace(order.case, device="gpu")) for order in ORDERS]
    other = replace(ORDERS[0], case=replace(ORDERS[0].case, mode="autocluster"))
    with ForkServers(WORKER) as block_servers:
        block_servers.open(gpu)
        assert psutil.Process().children() == []
        block_servers.open([*ORDERS, other])
        assert len(psutil.Process().children()) == 2
    assert psutil.Process().children() == []


LEAVES = """import sys
sys.argv = ["tensorflow", {ids!r}]
def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    exec({code!r}, {{"__name__": "left"}})
"""


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("then", ["raise RuntimeError('ended')", "os._exit(3)", "time.sleep(600)"])
def test_what_a_fork_leaves_behind_ends_with_it_and_not_with_another(
    pretend: Pretend, tmp_path: Path, way: str, then: str
) -> None:
    ids = tmp_path / "ids"
    pretend(LEAVES.format(ids=str(ids), code=code(way, then)))
    server = ForkServer(child_env("eager", "cpu"), LATE_S)
    try:
        other, worker = (WorkerProcess(order, server.fork) for order in ORDERS[:2])
        worker.ask(StageRequest("open"))
        with pytest.raises(CaseFailed, match=r"ended|no answer within"):
            worker.answer(LATE_S if "600" not in then else 4.0)
        worker.end()
        eventually(lambda: not alive(ids))
        other.ask(StageRequest("no such stage"))
        with pytest.raises(CaseFailed, match="no such stage"):
            other.answer()
        other.end()
    finally:
        server.end()


@pytest.mark.parametrize("way", WAYS)
def test_what_forks_have_started_ends_when_their_server_is_killed(pretend: Pretend, tmp_path: Path, way: str) -> None:
    ids = tmp_path / "ids"
    pretend(LEAVES.format(ids=str(ids), code=code(way, "time.sleep(600)")))
    server = ForkServer(child_env("eager", "cpu"), LATE_S)
    worker = WorkerProcess(ORDERS[0], server.fork)
    worker.ask(StageRequest("open"))
    eventually(ids.exists)
    os.kill(servers()[0].pid, signal.SIGKILL)
    worker.end()
    server.end()
    eventually(lambda: not alive(ids))


def test_a_server_that_was_stopped_while_it_imported_goes_on_and_its_workers_say_so(pretend: Pretend) -> None:
    pretend("import time\ntime.sleep(1.5)")
    server = ForkServer(child_env("eager", "cpu"), LATE_S)
    eventually(servers)
    (process,) = servers()
    process.suspend()
    threading.Timer(2.0, process.resume).start()
    worker = WorkerProcess(ORDERS[0], server.fork)
    worker.ask(StageRequest("no such stage"))
    with pytest.raises(CaseFailed, match="no such stage"):
        worker.answer()
    worker.end()
    server.end()
    assert worker.stopped


def test_a_fork_that_was_stopped_says_so_and_another_does_not(server: ForkServer) -> None:
    first = WorkerProcess(ORDERS[0], server.fork)
    (fork,) = forks()
    second = WorkerProcess(ORDERS[1], server.fork)
    fork.suspend()
    eventually(lambda: fork.status() == psutil.STATUS_STOPPED)
    fork.resume()
    eventually(lambda: fork.status() != psutil.STATUS_STOPPED)
    first.end()
    second.end()
    assert (first.stopped, second.stopped) == (True, False)


def test_workers_of_a_server_that_is_stopped_for_good_can_be_ended(
    server: ForkServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ForkServer.ask, "__defaults__", ((), 1.0))  # for a test it is patient long enough
    workers = [WorkerProcess(order, server.fork) for order in ORDERS]
    (process,), of_them = servers(), forks()
    process.suspend()
    for worker in workers:
        worker.end()
    server.end()
    assert still_there([process, *of_them]) == []


def test_the_next_blocks_fork_servers_import_ahead_and_are_the_ones_that_it_takes(pretend: Pretend) -> None:
    pretend("")
    with ForkServersAhead(WORKER) as ahead:
        ahead.begin(ORDERS)
        ahead.wait()
        (waiting,) = servers()
        with ahead.taken() as taken:
            taken.open(ORDERS)
            worker = WorkerProcess(ORDERS[0], taken.start(ORDERS[0]))
            assert servers() == [waiting]
            assert len(forks()) == 1
            worker.end()
        assert not waiting.is_running()


def test_fork_servers_that_no_block_takes_are_ended(pretend: Pretend) -> None:
    pretend("")
    with ForkServersAhead(WORKER) as ahead:
        ahead.begin(ORDERS)
        ahead.wait()
        (unused,) = servers()
    assert not unused.is_running()
