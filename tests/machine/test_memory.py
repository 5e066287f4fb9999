"""The memory that a process may have: a control group's limit counts as the machine's, in either version."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from places import ROOT

from bench.machine import environment, memory

MIB = 2**20


def groups(folder: Path, own: str) -> tuple[Path, Path]:
    """A root of control groups, and the file that says which one is this process'."""
    root = folder / "cgroup"
    root.mkdir(parents=True)
    (folder / "self").write_text(own)
    return root, folder / "self"


def write(root: Path, **files: str) -> None:
    root.mkdir(exist_ok=True, parents=True)
    for name, text in files.items():
        (root / f"memory.{name}").write_text(text)


def test_a_group_s_limit_is_the_machine_s_memory_and_what_it_uses_is_taken_off(tmp_path: Path) -> None:
    root, own = groups(tmp_path, "0::/job\n")
    write(root / "job", max=f"{512 * MIB}\n", current=f"{300 * MIB}\n", stat=f"anon 1\ninactive_file {100 * MIB}\n")
    assert memory.total_bytes(root, own) == 512 * MIB
    assert memory.available_bytes(root, own) == 312 * MIB


def test_the_groups_around_it_limit_it_too(tmp_path: Path) -> None:
    root, own = groups(tmp_path, "0::/slice/job\n")
    write(root / "slice", max=str(64 * MIB), current=str(60 * MIB))
    write(root / "slice" / "job", max="max\n")
    assert memory.total_bytes(root, own) == 64 * MIB
    assert memory.available_bytes(root, own) == 4 * MIB


def test_version_1_says_its_limit_in_another_file(tmp_path: Path) -> None:
    root, own = groups(tmp_path, "12:cpu,cpuacct:/job\n9:memory:/docker/abc\n0::/\n")
    write(root / "memory" / "docker" / "abc", limit_in_bytes=str(256 * MIB), usage_in_bytes=str(300 * MIB))
    write(root / "memory", limit_in_bytes="9223372036854771712")
    assert memory.total_bytes(root, own) == 256 * MIB
    assert memory.available_bytes(root, own) == 0


def test_a_path_of_another_namespace_means_the_root(tmp_path: Path) -> None:
    root, own = groups(tmp_path, "0::/../../elsewhere\n")
    write(root, max=str(128 * MIB))
    assert memory.total_bytes(root, own) == 128 * MIB


@pytest.mark.parametrize("own", ["0::/\n", "0::/none/there\n", "1:name=systemd:/\n", ""])
def test_without_a_limit_it_is_the_machine_s(tmp_path: Path, own: str) -> None:
    root, file = groups(tmp_path, own)
    write(root, max="max\n")
    assert memory.total_bytes(root, file) == psutil.virtual_memory().total
    assert memory.total_bytes(root, tmp_path / "none") == psutil.virtual_memory().total
    assert memory.available_bytes(root, file) <= psutil.virtual_memory().total


def test_the_environment_s_memory_heeds_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "total_bytes", lambda: 7 * MIB)
    assert environment.read().memory_bytes == 7 * MIB


@pytest.fixture
def real_group() -> Iterator[Path]:
    """A control group of this machine's, with a limit; where this process may make none, the test is skipped."""
    version_1 = memory.ROOT / "memory" / "memory.limit_in_bytes"
    parent, name = (version_1.parent, version_1.name) if version_1.exists() else (memory.ROOT, "memory.max")
    if not version_1.exists() and not (parent / "cgroup.controllers").exists():
        pytest.skip("there are no control groups here")
    group = parent / f"cifar-bench-test-{os.getpid()}"
    try:
        group.mkdir()
        (group / name).write_text(str(900 * MIB))
    except OSError as error:
        if group.is_dir():
            group.rmdir()
        pytest.skip(f"this process may make no control group with a limit: {error}")
    yield group
    group.rmdir()


def test_a_real_group_s_limit_is_seen_by_a_process_in_it(real_group: Path) -> None:
    enter = f"import os; open({str(real_group / 'cgroup.procs')!r}, 'w').write(str(os.getpid()))"
    code = f"{enter}; import sys; sys.path.insert(0, {str(ROOT)!r}); from bench.machine import memory"
    words = [sys.executable, "-c", f"{code}; print(memory.total_bytes(), memory.available_bytes())"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    total, available = map(int, done.stdout.split())
    assert total == 900 * MIB
    assert 0 < available < total
