"""The parent's end of one worker: start the process, ask it for turns, notice when it fails, dies or hangs.

Leaves out who is asked when (launch.py).
"""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import msgspec

from bench import modes
from bench.records import Case, Evidence, Failure, Order, Reply, Turn
from bench.validity import unequal_work

# By module name, but from where this file lies: `-m` would search the user's folder for a `bench` first.
_START = "import runpy, sys; sys.path[0] = sys.argv.pop(1); runpy.run_module('bench.worker', run_name='__main__')"
WORKER = (sys.executable, "-c", _START, str(Path(__file__).parents[1]))
RESCUE_S = 5.0  # how long a worker may at least take to hand over what it has when the user interrupts


class CaseFailed(Exception):
    """A case cannot go on; holds its Failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class WorkerProcess:
    """One child with its case: asks it for turns, notices when it fails, dies or hangs."""

    def __init__(self, order: Order, command: Sequence[str] = WORKER) -> None:
        self.order, self.slices_s, self._stage = order, list[float](), "open"
        self.evidence: Evidence | None = None
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        # A session of its own: Ctrl-C is for the parent, which then ends its workers in order.
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env=worker_env(order.case),
            start_new_session=True,
        )
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        self._send(order)

    def ask(self, turn: Turn) -> None:
        """Begin a turn. Raises nothing: a dead worker is noticed by `answer`."""
        self._stage = turn.stage
        self._send(turn)

    def answer(self, time_limit_s: float | None = None) -> Reply:
        """The turn's reply. Raises CaseFailed where the worker failed, died or hung."""
        limit = self.order.schedule.time_limit_s if time_limit_s is None else time_limit_s
        try:
            line = self._lines.get(timeout=limit)
        except queue.Empty:
            raise self._failed(f"no answer within {limit:g} s: it hung and was ended") from None
        if not line:
            raise self._failed(self._cause_of_death())
        reply = msgspec.json.decode(line, type=Reply)
        if reply.failure:
            raise CaseFailed(reply.failure)
        return reply

    def take(self, turn: Turn) -> Reply:
        """A whole turn, noting slices and evidence as they come. Raises CaseFailed."""
        self.ask(turn)
        reply = self.answer()
        self.evidence = reply.evidence or self.evidence
        if turn.stage == "slice":
            self.slices_s.append(reply.seconds)
        return reply

    def end(self) -> None:
        """End the process whatever it is doing, wait until it is gone, let go of its pipes. May be called again."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            assert stream
            with contextlib.suppress(BrokenPipeError):
                stream.close()

    def expect_equal_work(self, baseline: Evidence, precision: str) -> None:
        """Raises CaseFailed where this case does not do its baseline's work: then it is not timed at all."""
        self._stage = "equal work"
        assert self.evidence
        if reasons := unequal_work(self.evidence, baseline, precision):
            raise self._failed("; ".join(reasons))

    def hand_over(self) -> Reply:
        """The measurement as far as it got, past the reply of a turn that was cut short. Raises CaseFailed."""
        self.ask(Turn("close"))
        patience_s = max(RESCUE_S, 2 * max(self.slices_s))
        reply = self.answer(patience_s)
        return reply if reply.measurement else self.answer(patience_s)

    def _failed(self, message: str) -> CaseFailed:
        order = self.order
        return CaseFailed(Failure(order.case, order.block, self._stage, message, self._tail(), tuple(self.slices_s)))

    def _send(self, record: Order | Turn) -> None:
        assert self._process.stdin
        try:
            self._process.stdin.write(msgspec.json.encode(record) + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it died; `answer` says of what

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(b"")

    def _cause_of_death(self) -> str:
        code = self._process.wait()
        if code == -signal.SIGKILL:
            return "killed from outside (SIGKILL), as the system does when memory runs out; try smaller --batch-sizes"
        return f"died of {signal.Signals(-code).name}" if code < 0 else f"ended by itself with code {code}"

    def _tail(self) -> str:
        self._errors.seek(0)
        return self._errors.read()[-2000:].decode(errors="replace")


def worker_env(case: Case) -> dict[str, str]:
    """The child's environment variables: a CPU case cannot see a GPU; TensorFlow's own notices stay quiet.

    TF_USE_LEGACY_KERAS only spares each worker the import of Keras, a quarter of its loading time: no mode here uses
    it, and one that does says otherwise in its `process_env`.
    """
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_USE_LEGACY_KERAS": "1"}
    env = {**quiet, **os.environ, **dict(modes.row(case.mode).process_env)}
    return {**env, "CUDA_VISIBLE_DEVICES": "-1"} if case.device == "cpu" else env
