"""One process at a time writes to a folder; the others hear which."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from builders import a_plan
from places import ROOT

from bench.errors import BenchError
from bench.records import lock
from bench.records.lock import Lock
from bench.records.store import Store

HOLD = "import sys, time; from pathlib import Path; from bench.records.lock import Lock; "
HOLD += "held = Lock(Path(sys.argv[1])); "


def in_another_process(folder: Path, then: str) -> "subprocess.Popen[str]":
    """A process that holds the folder's lock, and has said so."""
    command = [sys.executable, "-c", f"{HOLD}print('held', flush=True); {then}", str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_a_second_writer_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    Store.create(tmp_path, a_plan()).close()
    process = in_another_process(tmp_path, "time.sleep(60)")
    try:
        with pytest.raises(BenchError, match=rf"is being written by process {process.pid} on .*, since 20.*; wait"):
            Store.resume(tmp_path)
        assert Store.open(tmp_path).outcomes() == ()  # a reader asks for no lock
    finally:
        process.kill()
        process.communicate()
    Store.resume(tmp_path).close()  # what was killed holds nothing


def test_the_lock_is_there_only_while_it_is_held(tmp_path: Path) -> None:
    with Store.create(tmp_path, a_plan()):
        assert (tmp_path / "lock").exists()
    assert not (tmp_path / "lock").exists()


def test_a_child_does_not_inherit_the_lock(tmp_path: Path) -> None:
    with Lock(tmp_path):
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], close_fds=False)
    try:
        Lock(tmp_path).release()
    finally:
        child.kill()
        child.wait()


def test_a_filesystem_without_locks_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_locks(_: int, __: int) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(lock.fcntl, "flock", no_locks)
    with Store.create(tmp_path, a_plan()) as store:
        assert "cannot be locked (Operation not supported)" in store.warning


def test_without_flock_the_file_itself_is_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock, "fcntl", None)
    with (
        Lock(tmp_path),
        pytest.raises(BenchError, match=rf"process {os.getpid()} on .*if that process is gone, remove"),
    ):
        Lock(tmp_path)
    Lock(tmp_path).release()


def test_a_lock_its_holder_removed_meanwhile_is_taken_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between opening the file and locking it, its holder may let go of it and remove it."""
    lets_go, flock = [Lock(tmp_path)], lock.fcntl.flock

    def late(descriptor: int, how: int) -> None:
        while lets_go:
            lets_go.pop().release()
        flock(descriptor, how)

    monkeypatch.setattr(lock.fcntl, "flock", late)
    with Lock(tmp_path), pytest.raises(BenchError, match="is being written"):
        Lock(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_read_only_is_one_line(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(BenchError, match=r"cannot write to .*make it writable"):
        Lock(tmp_path)


def test_a_writer_that_fails_lets_the_folder_go(tmp_path: Path) -> None:
    Store.create(tmp_path, a_plan()).close()
    (tmp_path / "measurements.jsonl").write_text("{\n")
    with pytest.raises(BenchError, match="line 1 is broken"):
        Store.resume(tmp_path)
    assert not (tmp_path / "lock").exists()


def test_a_run_that_could_not_be_begun_can_be_begun_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", full)
        with pytest.raises(BenchError, match="No space left on device; give another --out"):
            Store.create(tmp_path / "run", a_plan())
    Store.create(tmp_path / "run", a_plan()).close()


def test_a_forked_copy_lets_nothing_go(tmp_path: Path) -> None:
    fork = "child = os.fork(); child or (held.release(), os._exit(0)); os.waitpid(child, 0); "
    code = f"import os; {HOLD}{fork}print(os.path.exists('lock')); held.release(); print(os.path.exists('lock'))"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-W", "ignore", "-c", code, "."]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path, env=environment)
    assert done.stdout.split() == ["True", "False"]
