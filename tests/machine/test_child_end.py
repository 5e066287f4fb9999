"""A child does not outlive its parent."""

import os
import subprocess
import sys

import psutil
import pytest
from places import ROOT
from waiting import still_there

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
    pid = int(done.stdout)
    assert still_there(process for process in psutil.process_iter() if process.pid == pid) == []
