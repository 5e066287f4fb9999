"""Searches the smallest part of a graph that XLA computes differently: delta debugging on the operations of one call.

Every operation is run once more, in a graph of its own, on values taken from the graph that XLA did not compile.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from bench.autograph.probe.records import FaultyOperation

DEEPEST = 8  # operations behind the one that differs
MOST_OPERATIONS = 2000  # of a graph that is searched
_NUMBERS = "biufc"
_UNNAMED = ("Const", "Identity", "StopGradient")  # they compute nothing
Compile = Callable[..., Any]  # tf.function
Arrays = dict[str, Any]  # by the name of the tensor


def faulty_operation(
    compile: Compile, graph: Any, values: Mapping[str, Any], tolerance: float, is_library: Callable[[str], bool]
) -> FaultyOperation | None:
    """The smallest part whose results under XLA differ beyond the tolerance; None where none is found.

    `values` are those of the graph's inputs by the names of their tensors.
    """
    operations = [operation for operation in graph.get_operations() if _repeatable(operation)]
    if len(operations) > MOST_OPERATIONS:
        return None
    search = _Search(compile, operations, dict(values), tolerance)
    suspect = search.first_differing([tensor.name for tensor in graph.outputs])
    part = search.smallest(suspect) if suspect is not None else None
    if suspect is None or part is None:
        return None
    expected, actual = search.reference[suspect.name], search.alone(suspect, part)
    kinds = (suspect.op.type, *(other.type for other in reversed(part) if other.type not in _UNNAMED))
    place = next((frame for frame in reversed(suspect.op.traceback or ()) if not is_library(frame.filename)), None)
    return FaultyOperation(
        tuple(dict.fromkeys(kinds)),
        place.filename if place else "",
        place.lineno if place else 0,
        _text(expected),
        _text(actual),
        _explaining(expected, actual, graph),
    )


def rule_of(graph: Any) -> str:
    """The rule that explains without a search why XLA gives other numbers; empty where the operations name none."""
    definition = graph.as_graph_def()
    nodes = [*definition.node, *(node for function in definition.library.function for node in function.node_def)]
    if any("Random" in node.op or node.op in ("Multinomial", "StatelessMultinomial") for node in nodes):
        return "AG806"
    grows = any(node.attr["resize_if_index_out_of_bounds"].b for node in nodes if node.op == "TensorListSetItem")
    return "AG803" if grows or any(node.op == "TensorListPushBack" for node in nodes) else ""


def input_values(concrete: Any, arguments: tuple[Any, ...], keywords: Mapping[str, Any]) -> Arrays:
    """The values of a concrete function's inputs, and of the variables that it reads, by the names of their tensors."""
    bound = concrete.function_type.bind_with_defaults(arguments, keywords, {})
    flat = [*concrete.function_type.unpack_inputs(bound), *concrete.captured_inputs]
    given = dict(zip((tensor.name for tensor in concrete.graph.inputs), flat, strict=True))
    values = {name: value for name, value in given.items() if value.dtype != tf.resource}
    for operation in concrete.graph.get_operations():
        if operation.type == "ReadVariableOp" and operation.inputs[0].name in given:
            handle, dtype = given[operation.inputs[0].name], operation.outputs[0].dtype
            values[operation.outputs[0].name] = tf.raw_ops.ReadVariableOp(resource=handle, dtype=dtype)
    return values


def _repeatable(operation: Any) -> bool:
    return operation.type != "Placeholder" and not operation.op_def.is_stateful


class _Search:
    """Runs parts of a graph, with XLA and without. `reference`: the values of all tensors without."""

    def __init__(self, compile: Compile, operations: Sequence[Any], inputs: Arrays, tolerance: float) -> None:
        self._compile, self._inputs, self._tolerance = compile, inputs, tolerance
        self._operations = list(_computable(operations, inputs))
        self.reference = inputs | self._run(self._operations, self._names(), inputs, jit=False)

    def _names(self) -> list[str]:
        return [tensor.name for operation in self._operations for tensor in operation.outputs if _numeric(tensor)]

    def first_differing(self, results: Sequence[str]) -> Any:
        """The first tensor that differs with all of them computed at once, else the first of the results."""
        known = set(self._names())
        for wanted in (self._names(), [name for name in results if name in known]):
            compiled = self._tried(self._operations, wanted, self._inputs)
            for tensor in (tensor for operation in self._operations for tensor in operation.outputs):
                if tensor.name in compiled and self._differs(tensor.name, compiled[tensor.name]):
                    return tensor
        return None

    def smallest(self, suspect: Any) -> list[Any] | None:
        """The fewest operations, the suspect's own among them, that show the difference."""
        for depth in range(DEEPEST):
            part = self._behind(suspect.op, depth)
            if self._shows(suspect, part):
                return self._thinned(suspect, part)
        return None

    def alone(self, suspect: Any, part: Sequence[Any]) -> Any:
        """The value of the suspect where XLA compiles these operations only."""
        return self._tried(part, [suspect.name], self.reference).get(suspect.name)

    def _shows(self, suspect: Any, part: Sequence[Any]) -> bool:
        value = self.alone(suspect, part)
        return value is not None and self._differs(suspect.name, value)

    def _thinned(self, suspect: Any, part: list[Any]) -> list[Any]:
        for operation in list(part):
            fewer = [other for other in part if other is not operation]
            if operation is not suspect.op and operation.type != "Const" and self._shows(suspect, fewer):
                part = fewer
        return part

    def _behind(self, operation: Any, depth: int) -> list[Any]:
        """The operation with those it reads, this many steps back, and the constants of all of them."""
        kept = {operation}
        for _ in range(depth):
            kept |= {tensor.op for member in kept for tensor in member.inputs}
        kept |= {tensor.op for member in kept for tensor in member.inputs if tensor.op.type == "Const"}
        return [member for member in self._operations if member in kept]

    def _tried(self, operations: Sequence[Any], wanted: Sequence[str], given: Arrays) -> Arrays:
        try:
            return self._run(operations, wanted, given, jit=True)
        except Exception:  # XLA refuses some parts, such as a shape that is no constant here
            return {}

    def _run(self, operations: Sequence[Any], wanted: Sequence[str], given: Arrays, jit: bool) -> Arrays:
        """The values of the wanted tensors; those that these operations do not compute are given."""
        computed = {tensor.name for operation in operations for tensor in operation.outputs}
        read = {tensor.name for operation in operations for tensor in operation.inputs} - computed
        names = sorted(read & given.keys())

        def part(*values: Any) -> list[Any]:
            tensors, graph = dict(zip(names, values, strict=True)), tf.compat.v1.get_default_graph()
            for operation in operations:
                tensors.update(_copied(graph, operation, tensors))
            return [tensors[name] for name in wanted]

        run = self._compile(part, jit_compile=jit, autograph=False)
        results = run(*(tf.convert_to_tensor(given[name]) for name in names))
        return {name: value.numpy() for name, value in zip(wanted, results, strict=True)}

    def _differs(self, name: str, value: Any) -> bool:
        expected, actual = (np.asarray(array) for array in (self.reference[name], value))
        if expected.shape != actual.shape:
            return True
        expected, actual = (array.astype(np.complex128) for array in (expected, actual))
        with np.errstate(all="ignore"):
            largest = np.maximum(np.abs(expected), np.abs(actual))
            near = np.abs(expected - actual) <= self._tolerance * largest + self._tolerance * 1e-2
        return not np.all(near | (expected == actual) | (np.isnan(expected) & np.isnan(actual)))


def _computable(operations: Iterable[Any], inputs: Arrays) -> Iterable[Any]:
    """The operations all of whose inputs are known or computed."""
    known = set(inputs)
    for operation in operations:
        if all(tensor.name in known for tensor in operation.inputs):
            known |= {tensor.name for tensor in operation.outputs}
            yield operation


def _copied(graph: Any, operation: Any, tensors: Arrays) -> Arrays:
    attributes = {name: value for name, value in operation.node_def.attr.items() if not name.startswith("_")}
    inputs = [tensors[tensor.name] for tensor in operation.inputs]
    copy = graph.create_op(operation.type, inputs, [tensor.dtype for tensor in operation.outputs], attrs=attributes)
    return {tensor.name: result for tensor, result in zip(operation.outputs, copy.outputs, strict=True)}


def _numeric(tensor: Any) -> bool:
    dtype = tensor.dtype
    return dtype not in (tf.resource, tf.variant, tf.string) and np.dtype(dtype.as_numpy_dtype).kind in _NUMBERS


def _explaining(expected: Any, actual: Any, graph: Any) -> str:
    """AG807 where XLA alone gives NaN and a tf.where stands in the graph."""
    if np.asarray(actual).dtype.kind not in "fc" or not np.any(np.isnan(actual) & ~np.isnan(expected)):
        return ""
    selects = any(operation.type in ("Select", "SelectV2") for operation in graph.get_operations())
    return "AG807" if selects else ""


def _text(value: Any) -> str:
    return np.array2string(np.asarray(value), threshold=6, precision=6, separator=", ").replace("\n", "")[:80]
