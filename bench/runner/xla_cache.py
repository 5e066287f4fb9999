"""XLA's disk cache of a command: a folder of its own, filled before anything is measured, removed at the end.

What fills it is a process like those that are measured, up to its first step: XLA looks a program up by its function's
name too, in which TensorFlow counts whatever the process made before, so only the same order of work finds it again.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from tempfile import TemporaryDirectory

from bench import modes
from bench.records.case import Case
from bench.records.messages import Order, StageRequest
from bench.runner.forkserver import ForkServers
from bench.runner.worker_process import CaseFailed, WorkerProcess


class XlaCache:
    """Makes the folder when the first case needs it; `ends` removes it."""

    def __init__(self, command: Sequence[str], ends: ExitStack) -> None:
        self._command, self._ends, self._folder = command, ends, ""
        self._filled = set[Case]()

    def filled_for(self, orders: Sequence[Order], stages: Sequence[StageRequest]) -> list[Order]:
        """The orders; those of modes that read from the cache name its folder, which holds their programs now.

        `stages` are those in which a measured process of theirs comes to its first step. Where one fails, nothing is
        kept here: what is measured fails likewise, or has read nothing.
        """
        named = [self._named(order) for order in orders]
        for order in named:
            case = replace(order.case, again=False)
            if order.xla_cache and case not in self._filled:
                self._fill(order, stages)
                self._filled.add(case)
        return named

    def _named(self, order: Order) -> Order:
        if not modes.row(order.case.mode).cached:
            return order
        self._folder = self._folder or self._ends.enter_context(
            TemporaryDirectory(prefix="cifar-bench-xla-", ignore_cleanup_errors=True)
        )
        return replace(order, xla_cache=self._folder)

    def _fill(self, order: Order, stages: Sequence[StageRequest]) -> None:
        with ForkServers(self._command) as servers:
            servers.open([order])
            worker = WorkerProcess(order, servers.start(order))
            try:
                for stage in stages:
                    worker.take(stage)
            except CaseFailed:
                return
            finally:
                worker.end()
