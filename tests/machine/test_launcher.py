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
