"""`cifar-bench` as typed in a shell, in a process of its own."""

import subprocess
import sys
from pathlib import Path

from places import ROOT

MAIN = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from bench.__main__ import main; main()"


def bench(*words: str, cwd: Path, timeout: float | None = None) -> "subprocess.CompletedProcess[str]":
    """Run it with these words in this folder. Raises TimeoutExpired where that takes longer than `timeout` seconds."""
    command = [sys.executable, "-c", MAIN, *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, timeout=timeout)


def the_line(done: "subprocess.CompletedProcess[str]") -> str:
    """The one line on stderr of a command that refused its input."""
    assert done.returncode == 2, done.stderr
    (line,) = done.stderr.splitlines()
    return line
