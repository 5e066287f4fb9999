"""XLA whose program is read from a disk cache: the first step traces, and loads what an earlier process compiled.

It differs from `xla` in the cache's folder, which is in the process' TF_XLA_FLAGS; no Python asks for it. The folder
belongs to the run and was filled before anything is measured. TensorFlow never tells Python that it read a program,
but what it compiles it writes to the cache: a first step that wrote nothing has read its program. That this process
uses the cache at all is shown by a small program, compiled when nothing is timed any more, whose file must appear.
"""

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import tensorflow as tf

from bench.machine.xla_flags import TF_XLA_FLAGS, cache_folder
from bench.modes.traced import TracedTrainer
from bench.records.proof import Execution

File = tuple[str, int, int, int]  # its name, and what changes when it is written again


class CachedTrainer(TracedTrainer):
    """One step is one call of a compiled program, which the first step may read from the disk."""

    def __init__(self, make_task: Callable[..., Any]) -> None:
        super().__init__(make_task, jit_compile=True)
        self._folder = cache_folder(os.environ.get(TF_XLA_FLAGS, ""))
        self._written: set[File] | None = None  # by the first step; None before it

    def run(self, steps: int) -> None:
        if self._written is not None:
            super().run(steps)
            return
        before = files(self._folder)
        super().run(steps)
        self._written = files(self._folder) - before

    def execution(self) -> Execution:
        execution = super().execution()
        compiled = bool(execution.xla_compilations) and self._written is not None
        read = compiled and not self._written and keeps_compilations(self._folder)
        return replace(execution, cache_reads=execution.xla_compilations if read else 0)


def files(folder: str) -> set[File]:
    """The files of a cache's folder as they are now; none where there is no such folder."""
    if not folder or not Path(folder).is_dir():
        return set()
    states = [(entry.name, entry.stat()) for entry in os.scandir(folder)]
    return {(name, state.st_ino, state.st_size, state.st_mtime_ns) for name, state in states}


def keeps_compilations(folder: str) -> bool:
    """Whether XLA in this process writes what it compiles to the folder: tried with a program that was never compiled.

    Called where nothing is timed.
    """
    before, unseen = files(folder), int.from_bytes(os.urandom(4), "little")
    program = tf.function(lambda number: number * 3 + unseen, jit_compile=True)
    program(tf.constant(1, tf.int64))
    return bool(files(folder) - before)


open_trainer = CachedTrainer
