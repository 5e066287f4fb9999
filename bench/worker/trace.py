"""A trace of a few untimed steps, for Perfetto, TensorBoard and XProf: what the runtime executed when, step by step.

Two files: XProf's own (`host.xplane.pb`, where TensorBoard looks for a profile) and the same events as Chrome's trace
JSON, packed, which Perfetto opens.
"""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import modes
from bench.modes import Trainer
from bench.records.costs import Traced
from bench.records.folders import TRACES
from bench.records.messages import Order

MARKER = "train"  # the name of the steps' markers; XProf knows a step by its number
MOST_STEPS = 10
SESSION = Path("plugins", "profile", "first-repetition")  # as TensorBoard looks for profiles below a run's folder
PACKED = "trace.json.gz"


def trace(trainer: Trainer, order: Order, steps: int) -> Traced | None:
    """Take some steps, each with a marker, and write both files into `order.trace`. None where nothing can be read.

    A mode that loops inside a call takes `steps` in one call, under one marker.
    """
    from bench.worker.profiler import KERNELS, profiled

    loops = modes.row(order.case.mode).loops
    calls = [steps] if loops else [1] * min(steps, MOST_STEPS)
    space = profiled(lambda: _take(trainer, calls), KERNELS, order.number)
    if space is None or not any(line.events for plane in space.planes for line in plane.lines):
        return None
    folder = Path(order.trace)
    (folder / SESSION).mkdir(parents=True, exist_ok=True)
    (folder / SESSION / "host.xplane.pb").write_bytes(space.SerializeToString())
    events = [*_names(space), *_events(space)]
    text = json.dumps({"traceEvents": events, "displayTimeUnit": "ms"})
    (folder / PACKED).write_bytes(gzip.compress(text.encode(), mtime=0))
    return Traced(f"{TRACES}/{folder.name}/{PACKED}", sum(calls), len(calls), len(events))


def _take(trainer: Trainer, calls: list[int]) -> None:
    """A marker around each call and the wait for it."""
    import tensorflow as tf

    for number, steps in enumerate(calls):
        with tf.profiler.experimental.Trace(MARKER, step_num=number, _r=1):
            trainer.run(steps)
            trainer.sync()


Event = dict[str, Any]


def _names(space: Any) -> Iterator[Event]:
    """The names of devices and threads, which Chrome's format keeps as events of their own."""
    for process, plane in enumerate(space.planes, start=1):
        if plane.lines:
            yield {"ph": "M", "pid": process, "name": "process_name", "args": {"name": plane.name}}
        for line in plane.lines:
            name = line.display_name or line.name
            yield {"ph": "M", "pid": process, "tid": _thread(line), "name": "thread_name", "args": {"name": name}}


def _events(space: Any) -> Iterator[Event]:
    """What ran: from when, how long, and what the profiler noted of it; times in microseconds."""
    for process, plane in enumerate(space.planes, start=1):
        for line in plane.lines:
            for event in line.events:
                noted = dict(_noted(plane, event))
                yield {
                    "ph": "X",
                    "pid": process,
                    "tid": _thread(line),
                    "name": _name(plane.event_metadata[event.metadata_id], noted),
                    "ts": line.timestamp_ns * 1e-3 + event.offset_ps * 1e-6,
                    "dur": event.duration_ps * 1e-6,
                    "args": noted,
                }


def _thread(line: Any) -> int:
    """Its number, which in Chrome's format is a small one."""
    return int(line.id) & 0x7FFFFFFF


def _name(metadata: Any, noted: dict[str, Any]) -> str:
    """As people read it: without the fields that TensorFlow packs into a name, and 'train 3' for the step's marker."""
    name: str = (metadata.display_name or metadata.name).partition("#")[0]
    return f"{name} {noted['step_num']}" if name == MARKER and "step_num" in noted else name


def _noted(plane: Any, event: Any) -> Iterator[tuple[str, Any]]:
    for stat in event.stats:
        kind = stat.WhichOneof("value")
        value = getattr(stat, kind) if kind else None
        if kind == "ref_value":
            value = plane.stat_metadata[value].name
        if kind and kind != "bytes_value":
            yield plane.stat_metadata[stat.metadata_id].name, value
