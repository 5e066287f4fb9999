"""The parent's end of `probe`: starts one child process per mode, one after another."""

import tempfile
from collections.abc import Callable

import msgspec

from bench.autograph.probe.records import ModeRequest, ModeRun, ProbeRequest
from bench.errors import BenchError
from bench.machine.launcher import command, executed
from bench.machine.parent_end import Child, Gone
from bench.modes.process_env import child_env

CHILD = command("bench.autograph.probe.child")
GRACE_S = 30.0  # after the time limit, for a child that ends itself (child/limits.py)
IMPORT_S = 120.0  # to import TensorFlow and the user's module


def probe(request: ProbeRequest, notice: Callable[[str], None]) -> tuple[ModeRun, ...]:
    """What was observed in each mode. `notice` is called with each mode before it runs.

    Raises BenchError where the driver cannot be run at all.
    """
    runs = list[ModeRun]()
    for mode in request.modes:
        notice(mode)
        with tempfile.TemporaryDirectory() as dump:
            run = _run_mode(ModeRequest(request, mode, dump))
        if run.failure:
            raise BenchError(run.failure)
        runs.append(run)
    return tuple(runs)


def _run_mode(request: ModeRequest) -> ModeRun:
    child = Child(executed(CHILD, _environment(request)))
    child.send(request)
    try:
        line = child.receive(IMPORT_S + request.probe.limits.seconds + GRACE_S)
        return msgspec.json.decode(line, type=ModeRun)
    except Gone as error:
        return ModeRun(request.mode, limit=f"the process of this mode {error}")
    finally:
        child.end()


def _environment(request: ModeRequest) -> dict[str, str]:
    """The child's environment: XLA dumps each program it compiles, and TensorFlow's C++ code logs nothing."""
    environment = child_env("function", "cpu", own_model=True)
    flags = f"{environment.get('XLA_FLAGS', '')} --xla_dump_to={request.dump} --xla_dump_hlo_as_text".strip()
    return {**environment, "XLA_FLAGS": flags, "TF_CPP_MIN_LOG_LEVEL": "3"}
