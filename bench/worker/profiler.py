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

# The runtime's own names of "execute this op": of an eager op or function, of a TF1 Session's call.
EXECUTED = ("EagerKernelExecute", "SessionRun")
Span = tuple[float, float]  # seconds, from the profile's start


def profile(run: Callable[[], None], steps: int, clock: Callable[[], float]) -> Profile | None:
    """The profile of `run`, which must take `steps` steps and wait for them. None where the trace cannot be read.

    Both the wall time and the time in kernels are the profiled steps' own, for profiling slows each op a little.
    """
    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder, tf.profiler.experimental.ProfilerOptions(1, 0, 1))
        start = clock()
        run()
        wall_s = clock() - start
        tf.profiler.experimental.stop()
        host, device = _spans(Path(folder))
    if not host:
        return None
    busy_s = covered(device) if device else covered(host)
    return Profile(steps, wall_s, min(busy_s, wall_s), len(host), bool(device))


def _spans(folder: Path) -> tuple[list[Span], list[Span]]:
    """When the host executed ops, and when a GPU computed."""
    try:
        from tensorflow.tsl.profiler.protobuf.xplane_pb2 import XSpace
    except ImportError:  # not part of TensorFlow's public interface
        return [], []
    space = XSpace()
    for file in folder.rglob("*.xplane.pb"):
        space.MergeFromString(file.read_bytes())
    host = [span for plane in space.planes if plane.name.startswith("/host:CPU") for span in _executed(plane)]
    device = [span for plane in space.planes if plane.name.startswith("/device:GPU") for span in _streams(plane)]
    return host, device


def _executed(plane: Any) -> Iterator[Span]:
    wanted = {number for number, event in plane.event_metadata.items() if event.name.startswith(EXECUTED)}
    for line in plane.lines:
        for event in line.events:
            if event.metadata_id in wanted:
                yield _span(line, event)


def _streams(plane: Any) -> Iterator[Span]:
    """What ran on the GPU's streams; other lines of the plane sum up the same work once more."""
    for line in plane.lines:
        if line.name.startswith("Stream"):
            for event in line.events:
                yield _span(line, event)


def _span(line: Any, event: Any) -> Span:
    start = line.timestamp_ns * 1e-9 + event.offset_ps * 1e-12
    return start, start + event.duration_ps * 1e-12


def covered(spans: list[Span]) -> float:
    """Seconds during which at least one span lasts."""
    total, reached = 0.0, float("-inf")
    for start, end in sorted(spans):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total
