"""One command of a user times at a time: the others wait and hear for whom, or end; nobody else's file is touched."""

import contextlib
import os
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from places import ROOT
from waiting import eventually

from bench.errors import BenchError
from bench.machine import host_lock
from bench.machine.host_lock import HostLock

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the lock is flock(2)")
HOLD = """import sys, time
from bench.machine.host_lock import HostLock
sys.argv = ["/usr/bin/cifar-bench", "run", "--preset", "quick"]
with HostLock(print):
    print("held", flush=True)
    THEN
"""
Hold = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's runtime folder, and commands that lock."""
    monkeypatch.delenv(host_lock.OFF)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    return tmp_path


@pytest.fixture
def hold(runtime: Path) -> Iterator[Hold]:
    """Another command that holds the lock, and has said so."""
    with contextlib.ExitStack() as ends:

        def start(then: str = "time.sleep(600)") -> "subprocess.Popen[str]":
            command = [sys.executable, "-c", HOLD.replace("THEN", then)]
            process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
            ends.callback(process.communicate)
            ends.callback(process.kill)
            assert process.stdout
            assert process.stdout.readline() == "held\n"
            return process

        yield start


def test_a_second_command_waits_and_says_for_whom(hold: Hold) -> None:
    process, said = hold("sys.stdin.readline()"), list[str]()

    def let_go(text: str) -> None:
        said.append(text)
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()

    with HostLock(let_go):
        assert process.wait() == 0
    name = f"process {process.pid} (cifar-bench run --preset quick)"
    assert said == [f"waiting for {name}, which is timing on this machine; --no-wait ends instead"]


def test_without_waiting_it_is_an_error_that_says_who_and_what_to_do(hold: Hold) -> None:
    process = hold()
    lock = HostLock(print, waits=False, advice="; go on with: cifar-bench run --resume there")
    with pytest.raises(BenchError) as raised:
        lock.ask()
    assert str(raised.value) == (
        f"process {process.pid} (cifar-bench run --preset quick) is timing on this machine; wait until it has ended, "
        "or leave out --no-wait; go on with: cifar-bench run --resume there"
    )


def test_one_that_waits_asks_for_nothing_beforehand(hold: Hold) -> None:
    hold()
    HostLock(print).ask()


def test_what_was_killed_holds_nothing(hold: Hold) -> None:
    process = hold()
    process.kill()
    process.wait()
    with HostLock(print, waits=False):
        pass


def test_it_is_held_for_each_block_and_free_between_them(runtime: Path) -> None:
    lock, other = HostLock(print), HostLock(print, waits=False)
    for _ in range(3):
        with lock, pytest.raises(BenchError, match="is timing"):
            other.ask()
        other.ask()


def test_a_block_that_fails_lets_it_go(runtime: Path) -> None:
    with pytest.raises(RuntimeError), HostLock(print):
        raise RuntimeError
    HostLock(print, waits=False).ask()


def test_children_do_not_inherit_it(runtime: Path) -> None:
    with HostLock(print):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], close_fds=False)
    try:
        HostLock(print, waits=False).ask()
    finally:
        child.kill()
        child.wait()


def test_several_that_wait_have_it_one_after_another(runtime: Path) -> None:
    inside, most = [], [0]

    def work() -> None:
        for _ in range(20):
            with HostLock(lambda text: None):
                inside.append(1)
                most[0] = max(most[0], len(inside))
                inside.pop()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert most == [1]


def test_the_file_is_the_users_alone(runtime: Path) -> None:
    with HostLock(print):
        assert stat.S_IMODE((runtime / "cifar-bench.lock").stat().st_mode) == 0o600


@pytest.mark.parametrize("folder", ["", "relative", "/nowhere/at/all"])
def test_without_a_runtime_folder_it_lies_among_temporary_files(
    folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", folder)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    assert host_lock.place() == tmp_path / f"cifar-bench-{os.getuid()}.lock"


def make_link(file: Path) -> None:
    (file.parent / "victim").write_text("precious")
    file.symlink_to(file.parent / "victim")


def make_hard_link(file: Path) -> None:
    (file.parent / "victim").write_text("precious")
    file.hardlink_to(file.parent / "victim")


def make_loop(file: Path) -> None:
    file.symlink_to(file)


def give_away(file: Path) -> None:
    file.touch()
    if os.getuid():
        pytest.skip("only root can give a file to somebody else")
    os.chown(file, 12345, 12345)


@pytest.mark.parametrize("make", [make_link, make_hard_link, make_loop, give_away, os.mkfifo, Path.mkdir])
def test_what_is_no_file_of_the_users_own_is_refused_at_once_and_not_touched(
    make: Callable[[Path], object], runtime: Path
) -> None:
    make(runtime / "cifar-bench.lock")
    with pytest.raises(BenchError, match=r"cifar-bench\.lock is not this user's own file.*remove it"):
        HostLock(print).__enter__()
    if (runtime / "victim").exists():
        assert (runtime / "victim").read_text() == "precious"


def test_a_folder_where_nothing_can_be_locked_is_a_warning_that_is_given_once(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_locks(*_: object) -> None:
        raise OSError(37, "No locks available")

    monkeypatch.setattr(host_lock.fcntl, "flock", no_locks)
    said: list[str] = []
    lock = HostLock(said.append)
    for _ in range(3):
        with lock:
            pass
    assert len(said) == 1
    assert said[0].startswith("warning: ")
    assert "cannot be locked (No locks available)" in said[0]


def test_what_a_holder_wrote_reaches_no_terminal_as_a_command(hold: Hold, runtime: Path) -> None:
    hold()
    (runtime / "cifar-bench.lock").write_text('{"pid":1,"command":"a\\u001b[31mb"}')
    with pytest.raises(BenchError) as raised:
        HostLock(print, waits=False).ask()
    assert "process 1 (a[31mb)" in str(raised.value)
    (runtime / "cifar-bench.lock").write_text("rubbish")
    with pytest.raises(BenchError, match="another command is timing"):
        HostLock(print, waits=False).ask()


def test_tests_can_leave_it_out(hold: Hold, monkeypatch: pytest.MonkeyPatch) -> None:
    hold()
    monkeypatch.setenv(host_lock.OFF, "1")
    with HostLock(print, waits=False):
        pass


def test_one_that_waits_can_be_interrupted(hold: Hold) -> None:
    hold()
    command = [sys.executable, "-c", HOLD.replace("print)", "lambda text: print('waits', flush=True))")]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"waits\n"
        process.terminate()
        eventually(lambda: process.poll() is not None)
