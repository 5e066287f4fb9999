"""A child does not outlive its parent."""

import os
import subprocess
import sys

import psutil
import pytest
from places import ROOT
from waiting import eventually

WAIT = "from bench.machine.child_end import die_with_parent; import time; die_with_parent(); print(1, flush=True)"
PARENT = f"""import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", {WAIT + "; time.sleep(60)"!r}], stdout=subprocess.PIPE)
child.stdout.readline()
print(child.pid, flush=True)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="prctl(2) is Linux'")
def test_a_child_is_killed_when_its_parent_ends_whatever_it_is_doing() -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", PARENT], env=environment, capture_output=True, text=True, check=True)
    eventually(lambda: ended(int(done.stdout)))


def ended(pid: int) -> bool:
    """Whether it is gone, or would be if somebody had asked after it."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
