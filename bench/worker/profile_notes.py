"""A profile of TensorFlow's, read as notes of what each thread executed, in operations by their plain names.

A step's operations are noted under several names: one by one by the eager runtime, by the executor of a graph, and by
XLA's, which notes instructions. Fused kernels and oneDNN's go by the name of the operation that they stand for.
"""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

from bench.modes.operation_names import plain
from bench.worker.attribution import Kind, Noted
from bench.worker.hlo_names import UNNAMED, operations_of

EXECUTOR = re.compile(r"[^:]+:(\w+)")  # a node of a graph and its operation
ONEDNN = "_Mkl"  # how the names of its kernels begin
# What the eager runtime hands to oneDNN where that is on, under the plain name; only memory that such a kernel
# allocates goes by oneDNN's: tensorflow/core/common_runtime/eager/mkl_eager_op_rewrite.cc.
EAGER_BY_ONEDNN = frozenset(
    ("BatchMatMul", "BatchMatMulV2", "Conv2D", "Conv2DBackpropInput", "Conv2DBackpropFilter", "MatMul")
)
EAGER, EAGER_KERNEL = "EagerLocalExecute: ", "EagerKernelExecute"  # the kernel's span lies in the operation's
SCHEDULES = ("ExecutorState::Process", "ThunkExecutor::Execute")  # what decides what is executed next
CALLED = ("TFE_Py_", "SessionRun")  # from Python
HANDED_OVER: dict[str, tuple[Kind, str]] = {  # what each notes of a part, and under which name the part's number
    "ThreadpoolListener::Record": ("hand over", "_p"),
    "ThreadpoolListener::StartRegion": ("begin", "_c"),
    "ThreadpoolListener::StopRegion": ("end", ""),
}


class Read(NamedTuple):
    """The notes of all threads, how many kernels of each operation were executed, and of which by oneDNN."""

    notes: tuple[Noted, ...]
    kernels: Counter[str]
    onednn: frozenset[str]


def read(space: Any) -> Read:
    """What the host's threads executed, from an XSpace."""
    programs = _programs(space)
    planes = [plane for plane in space.planes if plane.name.startswith("/host:CPU")]
    lines = enumerate((plane, line) for plane in planes for line in plane.lines)
    notes = tuple(noted for thread, (plane, line) in lines for noted in _of_thread(thread, plane, line, programs))
    kernels = Counter(each.operation for each in notes if each.kind == "span" and each.operation)
    return Read(notes, kernels, _by_onednn(planes))


def _by_onednn(planes: list[Any]) -> frozenset[str]:
    """The operations that oneDNN executed, of a graph's nodes and of eager operations."""
    names = {event.name for plane in planes for event in plane.event_metadata.values()}
    nodes = filter(None, map(EXECUTOR.fullmatch, names))
    in_graphs = {plain(node[1]) for node in nodes if node[1].startswith(ONEDNN)}
    allocated = any(stat.name.startswith(ONEDNN) for plane in planes for stat in plane.stat_metadata.values())
    eagerly = {name.removeprefix(EAGER) for name in names if name.startswith(EAGER)} if allocated else set[str]()
    return frozenset(name for name in (*in_graphs, *(eagerly & EAGER_BY_ONEDNN)) if name)


Programs = dict[str, dict[str, str | None]]  # operations by instruction, by the program's name


def _programs(space: Any) -> Programs:
    """The XLA programs that were executed."""
    from tensorflow.compiler.xla.service.hlo_pb2 import HloProto

    programs = Programs()
    for plane in space.planes:
        for event in plane.event_metadata.values() if plane.name == "/host:metadata" else ():
            for stat in event.stats:
                module = HloProto.FromString(stat.bytes_value).hlo_module
                programs[module.name] = operations_of(module)
    return programs


def _of_thread(thread: int, plane: Any, line: Any, programs: Programs) -> Iterator[Noted]:
    eager = list[tuple[int, str]]()  # the eager operations that are open: when each ends, and its name
    for event in sorted(line.events, key=lambda event: (event.offset_ps, -event.duration_ps)):
        name = plane.event_metadata[event.metadata_id].name
        start = line.timestamp_ns * 1e-9 + event.offset_ps * 1e-12
        end = start + event.duration_ps * 1e-12
        if name.startswith(EAGER):
            eager = [each for each in eager if each[0] > event.offset_ps]
            eager.append((event.offset_ps + event.duration_ps, name.removeprefix(EAGER)))
        elif name in HANDED_OVER:
            kind, number = HANDED_OVER[name]
            part = int(_stats(plane, event)[number]) if number else 0
            yield Noted(thread, kind, start, start, part=part)
        elif name.startswith(CALLED):
            yield Noted(thread, "call", start, end)
        else:
            inner = eager[-1][1] if name == EAGER_KERNEL and eager else ""
            operation = plain(inner) if inner else _executed(plane, event, name, programs)
            if operation or name in SCHEDULES:
                yield Noted(thread, "span", start, end, operation)


def _executed(plane: Any, event: Any, name: str, programs: Programs) -> str | None:
    """The operation of a graph's node or of an instruction; None of anything else that is noted."""
    if node := EXECUTOR.fullmatch(name):
        return plain(node[1])
    if name.startswith("end: ") or not event.stats:
        return None
    stats = _stats(plane, event)
    if "hlo_op" not in stats:
        return None
    return programs.get(str(stats.get("hlo_module")), {}).get(str(stats["hlo_op"]), UNNAMED)


def _stats(plane: Any, event: Any) -> dict[str, Any]:
    return {plane.stat_metadata[stat.metadata_id].name: _value(plane, stat) for stat in event.stats}


def _value(plane: Any, stat: Any) -> Any:
    which = stat.WhichOneof("value")
    return plane.stat_metadata[stat.ref_value].name if which == "ref_value" else getattr(stat, which)
