"""Where TensorFlow ran the ops of one step: read from the runtime's own graphs, or from eager ops as they run.

Not a mode itself. placement.py decides which ops ran on the wrong device.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import tensorflow as tf
from tensorflow.python.eager import context  # the only way to see the graphs that the runtime has made
from tensorflow.python.framework import op_callbacks  # and the ops that Python runs one by one

from bench.modes.placement import Op, short, summed_up
from bench.records.devices import Placed, Placement

_FLOATING = {dtype.as_datatype_enum for dtype in (tf.float16, tf.bfloat16, tf.float32, tf.float64)}


def of_graphs(graphs: Iterable[Any]) -> Placement:
    """Of the partitions, one a device, into which the runtime has cut a graph, its loops' bodies included."""
    nodes = [node for graph in graphs for node in graph.node]
    sent = [node for node in nodes if node.op in ("_Send", "_HostSend")]
    return summed_up((Op(node.op, short(node.device), _floating(node)) for node in nodes), map(_sent, sent))


def of_function(function: Any, arguments: Sequence[Any]) -> Placement:
    """Of a tf.function that has not run yet, by running it once."""
    runtime = context.context()
    runtime.enable_run_metadata()
    runtime.enable_graph_collection()
    try:
        function(*arguments)
        return of_graphs(runtime.export_run_metadata().function_graphs[-1].partition_graphs)
    finally:
        runtime.disable_graph_collection()
        runtime.disable_run_metadata()


def of_eager(call: Callable[[], Any]) -> Placement:
    """Of every op that Python runs in the call."""
    ops: list[Op] = []
    transfers: list[str] = []

    def ran(kind: Any, inputs: Any, attributes: Any, outputs: Any, op_name: Any = None, graph: Any = None) -> None:
        if graph is not None:
            return  # being traced, not run
        values = [*outputs, *inputs]
        # An op without a result updates a variable, so it ran where that variable's handle lies.
        device = short(values[0].device) if values else ""
        ops.append(Op(tf.compat.as_str(kind), device, any(_is_floating(value) for value in values)))
        transfers.extend(_moved(value, device) for value in inputs if _is_moved(value, device))

    op_callbacks.add_op_callback(ran)
    try:
        call()
    finally:
        op_callbacks.remove_op_callback(ran)
    return summed_up(ops, transfers)


def of_program(result: Any, operations: int) -> Placement:
    """Of a program that XLA has compiled whole: it cannot leave the device that it gives its result on."""
    handle = getattr(result, "handle", result)
    return Placement((Placed(short(handle.device), operations),), compiled=True)


def _floating(node: Any) -> bool:
    attributes = node.attr.values()
    return any(a.type in _FLOATING or not _FLOATING.isdisjoint(a.list.type) for a in attributes)


def _sent(node: Any) -> str:
    name = node.attr["tensor_name"].s.decode()
    what = tf.as_dtype(node.attr["T"].type).name
    there = short(node.attr["recv_device"].s.decode())
    # 'edge_7_MatMul/ReadVariableOp': the edge's number differs from trace to trace.
    return f"{what} {name.removeprefix('edge_').lstrip('0123456789').lstrip('_')}: {short(node.device)} to {there}"


def _is_floating(value: Any) -> bool:
    """A variable's handle says nothing of what is in it: an op on weights takes or gives floats besides."""
    return bool(value.dtype.is_floating)


def _is_moved(value: Any, device: str) -> bool:
    return bool(value.dtype.is_floating and short(value.backing_device) != device)


def _moved(value: Any, device: str) -> str:
    return f"{value.dtype.name} {list(value.shape)}: {short(value.backing_device)} to {device}"
