"""The floating-point operations that a step executes, counted on its traced graph. Not a mode itself."""

from collections.abc import Iterable
from typing import Any

import tensorflow as tf
from tensorflow.python.framework import ops  # private: where TensorFlow registers its formulas
from tensorflow.python.framework.function_def_to_graph import function_def_to_graph

LOOPS = ("While", "StatelessWhile")
CALLS = ("PartitionedCall", "StatefulPartitionedCall")


def needed(targets: Iterable[Any]) -> set[Any]:
    """The operations that these tensors and operations need, themselves included: a graph executes no others."""
    found = set[Any]()
    left = [target if isinstance(target, tf.Operation) else target.op for target in targets]
    while left:
        operation = left.pop()
        if operation not in found:
            found.add(operation)
            left += [tensor.op for tensor in operation.inputs] + list(operation.control_inputs)
    return found


def flops_of_function(graph: Any, unknown_trips: int | None = None) -> int | None:
    """Of what a traced function executes when it is called: see `flops`."""
    return flops(graph, needed([*graph.outputs, *graph.control_outputs]), unknown_trips)


def flops(graph: Any, operations: Iterable[Any], unknown_trips: int | None = None) -> int | None:
    """Floating-point operations of these operations of a graph, by the formulas that TensorFlow registers.

    Convolutions, matrix products and the like, two for each multiply-add; an optimizer's update has no formula and
    counts nothing. A loop counts as often as it may run at most, or `unknown_trips` times where that is not fixed.
    None where it cannot be counted: a shape is open, or so is a loop.
    """
    functions = {each.signature.name: each for each in graph.as_graph_def().library.function}
    total = 0
    for operation in operations:
        count = _own(graph, operation) if _is_plain(operation) else _within(operation, functions, unknown_trips)
        if count is None:
            return None
        total += count
    return total


def _is_plain(operation: Any) -> bool:
    return operation.type not in (*LOOPS, *CALLS)


def _own(graph: Any, operation: Any) -> int | None:
    try:
        return int(ops.get_stats_for_node_def(graph, operation.node_def, "flops").value or 0)
    except (ValueError, TypeError):  # what TensorFlow raises where a shape is not fully known
        return None


def _within(operation: Any, functions: dict[str, Any], unknown_trips: int | None) -> int | None:
    """Of a loop or a call: what its function executes, as often as it does."""
    loop = operation.type in LOOPS
    function = functions[operation.get_attr("body" if loop else "f").name]
    graph = function_def_to_graph(function, [tensor.shape for tensor in operation.inputs])
    trips = _trips(operation, unknown_trips) if loop else 1
    once = flops(graph, graph.get_operations(), unknown_trips)
    return None if trips is None or once is None else trips * once


def _trips(loop: Any, unknown_trips: int | None) -> int | None:
    """How often a loop runs at most: it carries that beside its counter, negative where it has no such limit."""
    most = tf.get_static_value(loop.inputs[1])
    return unknown_trips if most is None or most.shape or most < 0 else int(most)
