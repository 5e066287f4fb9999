"""What the modes of other frameworks are given of a command's TensorFlow tasks: a file for each workload, made once.

Removed at the end. Where TensorFlow cannot build a task there is no file, and those modes fail with TensorFlow's own.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType

from bench import modes
from bench.machine.launcher import command, executed
from bench.modes.extras import missing
from bench.modes.process_env import child_env
from bench.records.messages import Order, StageRequest
from bench.runner.worker_process import CaseFailed, WorkerProcess
from cifar_core.workload import STEP, Workload

GIVER = command("bench.worker.handover")


class Handover:
    """Makes its folder when the first case needs it."""

    def __init__(self) -> None:
        self._folder: TemporaryDirectory[str] | None = None
        self._files = dict[Workload, str]()

    def __enter__(self) -> "Handover":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._folder:
            self._folder.cleanup()

    def given_to(self, orders: Sequence[Order]) -> list[Order]:
        """The orders; those of modes of other frameworks name the file with what they need, which is there now."""
        return [self._given(order) if _takes(order) else order for order in orders]

    def _given(self, order: Order) -> Order:
        workload = order.case.workload
        if workload not in self._files:
            self._folder = self._folder or TemporaryDirectory(prefix="cifar-bench-task-", ignore_cleanup_errors=True)
            self._files[workload] = str(Path(self._folder.name) / f"{len(self._files)}.npz")
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
