"""How much of a step is Python and dispatch overhead rather than kernels, by TensorFlow's own profiler.

The profiler notes when the runtime begins and ends to execute each op it is called with: every op of the step in
eager mode, one call of the whole graph in the others. What a step takes beyond that is Python, the dispatch of ops,
the tape, the feeding of values: the price of the dynamic graph, which a graph pays once a call.
"""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import tensorflow as tf

from bench.records.costs import Profile
from bench.worker.device_time import TIMED, Span, covered, device_time, on_streams, span

# The runtime's own names of "execute this op": of an eager op or function, of a TF1 Session's call.
EXECUTED = ("EagerKernelExecute", "SessionRun")
COMPILED = ("CpuCompiler::RunBackend", "XlaCompileBackend")  # XLA's, on a CPU and on a GPU, once a program or more
CALLS, KERNELS = 1, 2  # how much is noted: what is called, or all that is executed


def profile(
    run: Callable[[], None], steps: int, clock: Callable[[], float], process: int = 0, compiles: bool = False
) -> Profile | None:
    """The profile of `run`, which must take `steps` steps and wait for them. None where `profiled` has none.

    Both the wall time and the time in kernels are the profiled steps' own, for profiling slows each op a little.
    `compiles`: whether XLA compiles the step; then it is known that none was compiled meanwhile, if none was.
    """
    wall_s = 0.0

    def timed() -> None:
        nonlocal wall_s
        with tf.profiler.experimental.Trace(TIMED):
            start = clock()
            run()
            wall_s = clock() - start

    space = profiled(timed, CALLS, process)
    host, device = _spans(space)
    if not host:
        return None
    busy_s = covered(device) if device else covered(host)
    executing_s, compiled = min(busy_s, wall_s), len(list(_on_host(space, COMPILED)))
    known = compiled if compiled or (compiles and _shows_compilations()) else None
    return Profile(steps, wall_s, executing_s, len(host), bool(device), device_time(space), known)


def _shows_compilations() -> bool:
    """Whether this TensorFlow's profiler notes compilations under the names we know: of one that is made now."""
    doubled = tf.function(lambda of: of + of, jit_compile=True)
    return any(_on_host(profiled(lambda: doubled(tf.constant(1.0)), CALLS), COMPILED))


def profiled(run: Callable[[], None], level: int, process: int = 0) -> Any:
    """All that the profiler notes while `run` runs: an XSpace. None where this TensorFlow's cannot be read.

    None in all processes of a case but the first, which speaks for all: in TensorFlow 2.21 stopping the profiler
    crashed the second of two MultiWorkerMirroredStrategy processes ("free(): invalid pointer"), in 4 of 12 trials of
    100 stops each, and nothing in 12 of 150 where only the first was profiled.
    """
    if process > 0:
        run()
        return None
    try:
        from tensorflow.tsl.profiler.protobuf.xplane_pb2 import XSpace
    except ImportError:  # not part of TensorFlow's public interface
        run()
        return None
    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder, tf.profiler.experimental.ProfilerOptions(_as_named_here(level), 0, 1))
        try:
            run()
        finally:
            tf.profiler.experimental.stop()
        space = XSpace()
        for file in Path(folder).rglob("*.xplane.pb"):
            space.MergeFromString(file.read_bytes())
    return space


def _as_named_here(level: int) -> int:
    """TensorFlow's number of the level: up to 2.19 what is called is noted from 2 on."""
    major, minor = tf.__version__.split(".")[:2]
    return max(level, 2) if (int(major), int(minor)) < (2, 20) else level


def _spans(space: Any) -> tuple[list[Span], list[Span]]:
    """When the host executed ops, and when a GPU computed."""
    planes = space.planes if space else ()
    device = [span for plane in planes if plane.name.startswith("/device:GPU") for span in _streams(plane)]
    return list(_on_host(space, EXECUTED)), device


def _on_host(space: Any, names: tuple[str, ...]) -> Iterator[Span]:
    """When what begins with one of these names ran on the host."""
    for plane in space.planes if space else ():
        if plane.name.startswith("/host:CPU"):
            wanted = {number for number, event in plane.event_metadata.items() if event.name.startswith(names)}
            for line in plane.lines:
                for event in line.events:
                    if event.metadata_id in wanted:
                        yield span(line, event)


def _streams(plane: Any) -> Iterator[Span]:
    for _, at in on_streams(plane):
        yield at
