"""Thousands of damaged and hostile batch files: each is read or refused, none crashes, waits or takes memory."""

import json
import os
import subprocess
import sys

import mutated_pickles
from places import ROOT

COUNT = 6000


def test_no_mutated_pickle_crashes_hangs_or_takes_memory() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", mutated_pickles.__file__, "20", str(COUNT)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
    )
    assert done.returncode == 0, done.stderr
    endings = json.loads(done.stdout)
    assert sum(endings.values()) == COUNT
    assert set(endings) == {"sound", "refused to load", "truncated or corrupt", "not CIFAR-10"}


def test_what_the_mutations_start_from_is_sound() -> None:
    assert {mutated_pickles.ending(content) for content in mutated_pickles.sound_files()} == {"sound"}
    assert len(set(mutated_pickles.mutated(1, 100))) > 90
