"""Commands of this package's modules, and how children are started with them."""

import os
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest

from bench.machine import launcher


def test_an_installed_package_is_no_first_place_to_look(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What lies beside it there, such as a backport of `dataclasses`, would stand in for Python's own."""
    monkeypatch.setattr(launcher, "__file__", str(tmp_path / "bench" / "machine" / "launcher.py"))
    assert launcher.command("bench.worker.case")[-1] == str(tmp_path)
    monkeypatch.setattr(
        launcher, "__file__", os.path.join(sysconfig.get_path("purelib"), "bench", "machine", "launcher.py")
    )
    installed = launcher.command("this")
    assert installed[-1] == ""
    assert subprocess.run(installed, capture_output=True, check=False, cwd=tmp_path).stdout.startswith(b"The Zen")


def test_a_module_is_taken_from_this_package_whatever_lies_in_the_users_folder(tmp_path: Path) -> None:
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "__init__.py").write_text("raise SystemExit('the wrong bench')")
    command = launcher.command("bench.records.choices")
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
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
