"""The command's first half second, in which it imports, ends by Ctrl-C as all that comes after it."""

import subprocess
import sys

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
