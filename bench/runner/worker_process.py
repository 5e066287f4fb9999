"""The parent's end of a child process: start it, ask it for turns, notice when it fails, dies or hangs.

`Child` is the pipe to any of them, `WorkerProcess` one that is timed. Leaves out who is asked when (launch.py).
"""

import contextlib
import os
import queue
import signal
import subprocess
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, Protocol

import msgspec

from bench import modes
from bench.analysis.validity import advice, unequal_work
from bench.machine.environment import refuse_auto_jit
from bench.records.messages import Order, Reply, Turn
from bench.records.proof import Evidence
from bench.records.run import Failure

PATIENCE = 4  # times as long as a turn's steps should take by the first ones, before it is called hung
RESCUE_S = 5.0  # how long a worker may at least take to hand over what it has when the user interrupts


def command(module: str) -> tuple[str, ...]:
    """What runs a module of this package: from where this file lies, for `-m` would search the user's folder first.

    Installed, it is found where Python looks anyway; put first, what lies beside it could stand in for Python's own.
    """
    place = str(Path(__file__).parents[2])
    first = "" if place in map(sysconfig.get_path, ("purelib", "platlib")) else place
    set_path = "import runpy, sys; sys.path[:1] = filter(None, [sys.argv.pop(1)])"
    return (sys.executable, "-c", f"{set_path}; runpy.run_module('{module}', run_name='__main__')", first)


WORKER = command("bench.worker.case")
BUS_ORDER = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}


class Process(Protocol):
    """A process that was started: what is needed of subprocess.Popen, and what a forked worker offers too."""

    @property
    def stdin(self) -> IO[bytes] | None: ...

    @property
    def stdout(self) -> IO[bytes] | None: ...

    def kill(self) -> None:
        """End it, if it is still there."""

    def wait(self) -> int:
        """Its exit code, negative for a signal, when it has ended. May be called again."""


Start = Callable[[IO[bytes]], Process]  # starts a process that writes its stderr to that file


def executed(command: Sequence[str], env: dict[str, str]) -> Start:
    """A program of its own."""

    def start(errors: IO[bytes]) -> Process:
        # A session of its own: Ctrl-C is for the parent, which then ends its children in order.
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=env,
            start_new_session=True,
        )

    return start


class Gone(Exception):
    """A child that will not answer any more; the text says why."""


class Child:
    """A process that is sent records, one a line, and answers each with a line."""

    def __init__(self, start: Start) -> None:
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - lives as long as the process
        self._process = start(self._errors)
        self._lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def send(self, record: object) -> None:
        """Send a record. Raises nothing: a dead child is noticed by `receive`."""
        assert self._process.stdin
        try:
            self._process.stdin.write(msgspec.json.encode(record) + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            pass

    def receive(self, time_limit_s: float) -> bytes:
        """The next line. Raises Gone where the child died or hangs."""
        try:
            line = self._lines.get(timeout=time_limit_s)
        except queue.Empty:
            raise Gone(f"no answer within {time_limit_s:g} s: it hung and was ended") from None
        if not line:
            raise Gone(self._cause_of_death())
        return line

    def tail(self) -> str:
        """The end of what it wrote to stderr."""
        self._errors.seek(0)
        return self._errors.read()[-2000:].decode(errors="replace")

    def end(self) -> None:
        """End the process whatever it is doing, wait until it is gone, let go of its pipes. May be called again."""
        self._process.kill()
        self._process.wait()
        self._listener.join()
        for stream in (self._process.stdin, self._process.stdout, self._errors):
            assert stream
            with contextlib.suppress(BrokenPipeError):
                stream.close()

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


class CaseFailed(Exception):
    """A case cannot go on; holds its Failure."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class WorkerProcess:
    """One timed child with its case."""

    def __init__(self, order: Order, start: Start) -> None:
        self.order, self.slices_s, self._stage = order, list[float](), "open"
        self.evidence: Evidence | None = None
        self.step_s = 0.0
        self._child = Child(start)
        self.end = self._child.end
        self._child.send(order)

    def ask(self, turn: Turn) -> None:
        """Begin a turn. Raises nothing: a dead worker is noticed by `answer`."""
        self._stage = turn.stage
        self._child.send(turn)

    def answer(self, time_limit_s: float | None = None) -> Reply:
        """The turn's reply. Raises CaseFailed where the worker failed, died or hung."""
        try:
            line = self._child.receive(self.order.schedule.time_limit_s if time_limit_s is None else time_limit_s)
        except Gone as error:
            raise self._failed(str(error)) from None
        reply = msgspec.json.decode(line, type=Reply)
        if reply.failure:
            raise CaseFailed(reply.failure)
        return reply

    def take(self, turn: Turn) -> Reply:
        """A whole turn, noting slices and evidence as they come. Raises CaseFailed."""
        self.ask(turn)
        reply = self.answer(max(self.order.schedule.time_limit_s, PATIENCE * turn.steps * self.step_s))
        self.evidence, self.step_s = reply.evidence or self.evidence, reply.step_s or self.step_s
        if turn.stage == "slice":
            self.slices_s.append(reply.seconds)
        return reply

    def expect_equal_work(self, baseline: Evidence, precision: str) -> None:
        """Raises CaseFailed where this case does not do its baseline's work: then it is not timed at all."""
        self._stage = "equal work"
        assert self.evidence
        if reasons := unequal_work(self.evidence, baseline, precision, self.order.case.device):
            own = self.order.case.workload.own_model
            raise self._failed("; ".join((*reasons, *([advice(self.evidence, baseline)] if own else []))))

    def hand_over(self) -> Reply:
        """The measurement as far as it got, past the reply of a turn that was cut short. Raises CaseFailed."""
        self.ask(Turn("close"))
        patience_s = max(RESCUE_S, 2 * max(self.slices_s))
        reply = self.answer(patience_s)
        return reply if reply.measurement else self.answer(patience_s)

    def _failed(self, message: str) -> CaseFailed:
        order, tail = self.order, self._child.tail()
        return CaseFailed(Failure(order.case, order.block, self._stage, message, tail, tuple(self.slices_s)))


def child_env(mode: str, device: str, own_model: bool = False) -> dict[str, str]:
    """A child's environment variables: on the CPU it cannot see a GPU; TensorFlow's own notices stay quiet.

    GPUs are counted by their place on the bus, as `nvidia-smi` counts them; CUDA's own order is the fastest first.

    TF_USE_LEGACY_KERAS only spares each child the import of Keras, a quarter of its loading time: no mode here uses
    it, and one that does says otherwise in its `process_env`. A person's own model may be Keras' in every mode.
    Raises BenchError where a variable would make every mode another one.
    """
    refuse_auto_jit()
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_USE_LEGACY_KERAS": "1"}
    env = {**quiet, **os.environ, **dict(modes.KERAS if own_model else ()), **dict(modes.row(mode).process_env)}
    return {**env, **({"CUDA_VISIBLE_DEVICES": "-1"} if device == "cpu" else BUS_ORDER)}
