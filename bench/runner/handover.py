"""What the modes of other frameworks are given of a command's TensorFlow tasks: a file for each workload, made once.

Removed at the end. Where TensorFlow cannot build a task there is no file, and those modes fail with TensorFlow's own.
"""

from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bench import modes
from bench.machine.launcher import command, executed
from bench.modes.extras import missing
from bench.modes.process_env import child_env
from bench.records.messages import Order, StageRequest
from bench.runner.worker_process import CaseFailed, WorkerProcess
from cifar_core.workload import STEP, Workload

GIVER = command("bench.worker.handover")


class Handover:
    """Makes its folder when the first case needs it; `ends` removes it."""

    def __init__(self, ends: ExitStack) -> None:
        self._ends, self._folder = ends, ""
        self._files = dict[Workload, str]()

    def given_to(self, orders: Sequence[Order]) -> list[Order]:
        """The orders; those of modes of other frameworks name the file with what they need, which is there now."""
        return [self._given(order) if _takes(order) else order for order in orders]

    def _given(self, order: Order) -> Order:
        workload = order.case.workload
        if workload not in self._files:
            self._folder = self._folder or self._ends.enter_context(
                TemporaryDirectory(prefix="cifar-bench-task-", ignore_cleanup_errors=True)
            )
            self._files[workload] = str(Path(self._folder) / f"{len(self._files)}.npz")
            _make(replace(order, handed_over=self._files[workload]))
        return replace(order, handed_over=self._files[workload])


def _takes(order: Order) -> bool:
    row = modes.row(order.case.mode)
    workload = order.case.workload
    held = not workload.own_model or (row.on_keras and workload.task != STEP)
    return row.peer and not missing(row) and held


def _make(order: Order) -> None:
    giver = WorkerProcess(order, executed(GIVER, child_env("keras_fit", "cpu", order.case.workload.own_model)))
    try:
        with suppress(CaseFailed):
            giver.take(StageRequest("build"))
    finally:
        giver.end()
