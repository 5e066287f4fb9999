"""The parent's end of `probe`: starts one child process per mode, one after another."""

import tempfile
from collections.abc import Callable
from dataclasses import replace

import msgspec

from bench.autograph.probe.records import CallPlace, FaultyOperation, ModeRequest, ModeRun, ProbeRequest
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
    runs = dict[str, ModeRun]()
    for mode in request.modes:
        if mode == "written" and "graph" in runs and not runs["graph"].asks_for_xla:
            runs[mode] = replace(runs["graph"], mode=mode)  # nothing asks for XLA: the two are the same code
            continue
        notice(mode)
        runs[mode] = _run_mode(request, mode)
        if mode == request.modes[0] and runs[mode].limit:
            break  # there is nothing to compare the others with
    return tuple(runs.values())


def isolated(request: ProbeRequest, mode: str, place: CallPlace, tolerance: float) -> FaultyOperation | None:
    """The smallest part of a function's graph that XLA computes differently at a call; None where none is found.

    Runs the driver once more, in a process of its own.
    """
    try:
        return _run_mode(request, mode, place, tolerance).faulty
    except BenchError:  # it ran before; whatever failed now, the comparison stands without this
        return None


def _run_mode(request: ProbeRequest, mode: str, isolate: CallPlace | None = None, tolerance: float = 0.0) -> ModeRun:
    """Raises BenchError where the driver cannot be run, RuntimeError for a fault of the probe itself."""
    with tempfile.TemporaryDirectory() as dump:
        run = _answer(ModeRequest(request, mode, dump, isolate, tolerance))
    if run.failure:
        raise BenchError(run.failure)
    if run.fault:
        raise RuntimeError(f"probing in mode {mode} failed: {run.fault}")
    return run


def _answer(request: ModeRequest) -> ModeRun:
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
