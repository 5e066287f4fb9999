"""The command's first half second, in which it imports, ends by Ctrl-C as all that comes after it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from places import ROOT

INTERRUPTED = """
import signal, sys
sys.path.insert(0, sys.argv.pop(1))
class CtrlC:
    def find_spec(self, name, path=None, target=None):
        if name == NAME:
            signal.raise_signal(signal.SIGINT)
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.meta_path.insert(0, CtrlC())
from bench.__main__ import main
main()
"""


@pytest.mark.parametrize("name", ["bench.commands.app", "bench.commands.streams", "typer", "bench.errors.none"])
def test_ctrl_c_while_a_command_imports_is_no_traceback(name: str) -> None:
    words = [sys.executable, "-c", INTERRUPTED.replace("NAME", repr(name)), str(ROOT), "list"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == (0 if name == "bench.errors.none" else 130)


CONSOLE_SCRIPT = f"import sys; sys.path.append({str(ROOT)!r}); from cifar_bench import main; main()"


@pytest.mark.parametrize("theirs", ["bench/__init__.py", "bench.py", "cifar_core/__init__.py", "bench/__main__.py"])
def test_a_bench_of_the_person_s_own_is_never_run_in_this_program_s_place(tmp_path: Path, theirs: str) -> None:
    (tmp_path / theirs).parent.mkdir(exist_ok=True)
    (tmp_path / theirs).write_text("raise SystemExit('the wrong one')")
    done = subprocess.run(
        [sys.executable, "-c", CONSOLE_SCRIPT, "list"],
        capture_output=True, text=True, check=False, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(tmp_path)},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("modes:")


def test_an_installation_that_is_not_whole_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "cifar_bench.py").write_text((ROOT / "cifar_bench.py").read_text())
    words = [sys.executable, str(tmp_path / "cifar_bench.py"), "list"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 5
    assert done.stderr.endswith("/bench/__init__.py is missing, so cifar-bench is not whole; install it again\n")
