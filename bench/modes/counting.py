"""The floating-point operations that a step executes, counted on its traced graph. Not a mode itself."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import tensorflow as tf
from tensorflow.python.framework import ops  # private: where TensorFlow registers its formulas
from tensorflow.python.framework.function_def_to_graph import function_def_to_graph

LOOPS = ("While", "StatelessWhile")
Count = Callable[[Any], int | None]
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


def flops_of_trace(graph: Any) -> int | None:
    """Of all that a traced function holds, whether or not its results are needed: what eager executes of it."""
    return flops(graph, graph.get_operations(), flops_of_trace)


def flops_of_function(graph: Any, unknown_trips: int | None = None) -> int | None:
    """Of what a traced function executes when it is called: see `flops`."""
    within = partial(flops_of_function, unknown_trips=unknown_trips)
    return flops(graph, needed([*graph.outputs, *graph.control_outputs]), within, unknown_trips)


def flops(
    graph: Any, operations: Iterable[Any], within: Count = flops_of_function, unknown_trips: int | None = None
) -> int | None:
    """Floating-point operations of these operations of a graph, by the formulas that TensorFlow registers.

    Convolutions, matrix products and the like, two for each multiply-add; an optimizer's update has no formula and
    counts nothing. `within` counts what a loop or a call executes once. A loop counts as often as it may run at most,
    or `unknown_trips` times where that is not fixed. None where it cannot be counted: a shape is open, or so is a loop.
    """
    functions = {each.signature.name: each for each in graph.as_graph_def().library.function}
    total = 0
    for operation in operations:
        if operation.type in (*LOOPS, *CALLS):
            once, trips = within(_body(operation, functions)), _trips(operation, unknown_trips)
            count = None if once is None or trips is None else once * trips
        else:
            count = _own(graph, operation)
        if count is None:
            return None
        total += count
    return total


def _own(graph: Any, operation: Any) -> int | None:
    try:
        return int(ops.get_stats_for_node_def(graph, operation.node_def, "flops").value or 0)
    except (ValueError, TypeError):  # what TensorFlow raises where a shape is not fully known
        return None


def _body(operation: Any, functions: dict[str, Any]) -> Any:
    """The graph that a loop or a call executes."""
    # A loop's own body knows the shapes of the variables in it; a function read from its definition does not.
    if (body := getattr(operation, "_body_graph", None)) is not None:
        return body
    name = operation.get_attr("body" if operation.type in LOOPS else "f").name
    return function_def_to_graph(functions[name], [tensor.shape for tensor in operation.inputs])


def _trips(operation: Any, unknown_trips: int | None) -> int | None:
    """How often a loop runs at most: it carries that beside its counter, negative where it has no such limit."""
    if operation.type in CALLS:
        return 1
    most = tf.get_static_value(operation.inputs[1])
    return unknown_trips if most is None or most.shape or most < 0 else int(most)
