"""Commands of this package's modules, and how children are started with them."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from bench.machine import launcher


@pytest.mark.parametrize("where", ["where they are", "on PYTHONPATH"])
@pytest.mark.parametrize("theirs", ["bench/__init__.py", "bench.py", "cifar_core/__init__.py", "cifar_core.py"])
def test_a_module_is_taken_from_this_package_whatever_a_person_has(tmp_path: Path, theirs: str, where: str) -> None:
    (tmp_path / theirs).parent.mkdir(exist_ok=True)
    (tmp_path / theirs).write_text("raise SystemExit('the wrong one')")
    command, env = launcher.command("bench.records.choices"), dict(os.environ)
    if where == "on PYTHONPATH":
        env["PYTHONPATH"] = str(tmp_path)
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path, env=env)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", ["runpy", "dataclasses"])
def test_nothing_beside_the_package_or_the_person_stands_in_for_python_s_own(tmp_path: Path, name: str) -> None:
    (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong one')")
    done = subprocess.run(launcher.command("bench.errors"), capture_output=True, text=True, check=False, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="sessions are POSIX")
def test_a_child_has_a_session_of_its_own_that_ctrl_c_does_not_reach() -> None:
    with tempfile.TemporaryFile() as errors:
        child = launcher.executed((sys.executable, "-c", "import os; print(os.getsid(0))"), dict(os.environ))(errors)
        assert child.stdin
        assert child.stdout
        with child.stdin, child.stdout:
            session = int(child.stdout.read())
        assert child.wait() == 0
    assert session != os.getsid(0)


LEAVES = "import sys, tempfile, time; print(tempfile.mkstemp()[1], flush=True); time.sleep(float(sys.argv[1]))"


@pytest.mark.parametrize("stays_s", ["0", "600"])
def test_what_a_program_leaves_among_temporary_files_goes_with_it_even_if_it_is_killed(stays_s: str) -> None:
    with tempfile.TemporaryFile() as errors:
        child = launcher.executed((sys.executable, "-c", LEAVES, stays_s), dict(os.environ))(errors)
        assert child.stdin
        assert child.stdout
        with child.stdin, child.stdout:
            file = Path(child.stdout.readline().decode().strip())
            there = file.exists() or stays_s == "0"
            child.kill()
            child.wait()
    assert there
    assert file.parent != Path(tempfile.gettempdir())
    assert not file.parent.exists()


def test_each_program_has_temporary_files_of_its_own_and_a_command_those_of_the_system(tmp_path: Path) -> None:
    folders = []
    for own in (True, True, False):
        out = tmp_path / "out"
        with out.open("wb") as stream:
            words = (sys.executable, "-c", "import tempfile; print(tempfile.gettempdir())")
            program = launcher.KeptProgram(
                words, dict(os.environ), subprocess.DEVNULL, stream, stream, own_temporary=own
            )
            assert program.ends_within(60.0)
            program.wait()
        folders.append(out.read_text().strip())
    assert len({*folders}) == 3
    assert folders[2] == tempfile.gettempdir()
