"""Searches the smallest part of a graph that XLA computes differently: delta debugging on the operations of one call.

Every operation is run once more, in a graph of its own, on values taken from the graph that XLA did not compile.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from bench.autograph.probe.child.nodes import Names, Node, opened
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

    `values` are those of the graph's inputs by the names of their tensors. Calls of other tf.functions are opened.
    """
    known = Names()
    nodes = list(opened(graph, known))
    if len(nodes) > MOST_OPERATIONS:
        return None
    search = _Search(compile, nodes, dict(values), tolerance)
    suspect = search.first_differing([known.of(tensor.name) for tensor in graph.outputs])
    part = search.smallest(suspect) if suspect is not None else None
    if suspect is None or part is None:
        return None
    (node,) = [each for each in part if suspect in each.outputs]
    kinds = (node.kind, *(other.kind for other in reversed(part) if other.kind not in _UNNAMED and other is not node))
    place = next((frame for frame in reversed(node.operation.traceback or ()) if not is_library(frame.filename)), None)
    expected, actual = search.reference[suspect], search.alone(suspect, part)
    return FaultyOperation(
        tuple(dict.fromkeys(kinds)),
        place.filename if place else "",
        place.lineno if place else 0,
        _text(expected),
        _text(actual),
        _explaining(expected, actual, nodes),
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
    """The values of a concrete function's inputs, of variables their handles, by the names of their tensors."""
    bound = concrete.function_type.bind_with_defaults(arguments, keywords, {})
    flat = [*concrete.function_type.unpack_inputs(bound), *concrete.captured_inputs]
    return dict(zip((tensor.name for tensor in concrete.graph.inputs), flat, strict=True))


class _Search:
    """Runs parts of a graph, with XLA and without. `reference`: the values of all tensors without."""

    def __init__(self, compile: Compile, nodes: Sequence[Node], inputs: Arrays, tolerance: float) -> None:
        self._compile, self._tolerance = compile, tolerance
        self._inputs = inputs | dict(_variables(nodes, inputs))
        self._nodes = list(_computable(nodes, self._inputs))
        self._by_output = {name: node for node in self._nodes for name in node.outputs}
        self.reference = self._inputs | self._run(self._nodes, self._names(), self._inputs, jit=False)

    def _names(self) -> list[str]:
        return [name for node in self._nodes for name, dtype in node.outputs.items() if _numeric(dtype)]

    def first_differing(self, results: Sequence[str]) -> str | None:
        """The first tensor that differs with all of them computed at once, else the first of the results."""
        known = set(self._names())
        for wanted in (self._names(), [name for name in results if name in known]):
            compiled = self._tried(self._nodes, wanted, self._inputs)
            for name in wanted:
                if name in compiled and self._differs(name, compiled[name]):
                    return name
        return None

    def smallest(self, suspect: str) -> list[Node] | None:
        """The fewest operations, the suspect's own among them, that show the difference."""
        for depth in range(DEEPEST):
            part = self._behind(suspect, depth)
            if self._shows(suspect, part):
                return self._thinned(suspect, part)
        return None

    def alone(self, suspect: str, part: Sequence[Node]) -> Any:
        """The value of the suspect where XLA compiles these operations only."""
        return self._tried(part, [suspect], self.reference).get(suspect)

    def _shows(self, suspect: str, part: Sequence[Node]) -> bool:
        value = self.alone(suspect, part)
        return value is not None and self._differs(suspect, value)

    def _thinned(self, suspect: str, part: list[Node]) -> list[Node]:
        for node in list(part):
            fewer = [other for other in part if other is not node]
            if suspect not in node.outputs and node.kind != "Const" and self._shows(suspect, fewer):
                part = fewer
        return part

    def _behind(self, suspect: str, depth: int) -> list[Node]:
        """The operation with those it reads, this many steps back, and the constants of all of them."""
        kept = [self._by_output[suspect]]
        for _ in range(depth):
            kept += self._read(kept)
        kept += [node for node in self._read(kept) if node.kind == "Const"]
        return [node for node in self._nodes if any(node is each for each in kept)]

    def _read(self, nodes: Iterable[Node]) -> list[Node]:
        return [self._by_output[name] for node in nodes for name in node.inputs if name in self._by_output]

    def _tried(self, nodes: Sequence[Node], wanted: Sequence[str], given: Arrays) -> Arrays:
        try:
            return self._run(nodes, wanted, given, jit=True)
        except Exception:  # XLA refuses some parts, such as a shape that is not a constant here
            return {}

    def _run(self, nodes: Sequence[Node], wanted: Sequence[str], given: Arrays, jit: bool) -> Arrays:
        """The values of the wanted tensors; those that these operations do not compute are given."""
        computed = {name for node in nodes for name in node.outputs}
        names = sorted({name for node in nodes for name in node.inputs} - computed)

        def part(*values: Any) -> list[Any]:
            tensors = dict(zip(names, values, strict=True))
            for node in nodes:
                tensors.update(node.copied(tensors))
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


def _variables(nodes: Iterable[Node], inputs: Arrays) -> Iterable[tuple[str, Any]]:
    """The values of the variables that are read."""
    for node in nodes:
        if node.kind == "ReadVariableOp" and node.inputs[0] in inputs:
            ((name, dtype),) = node.outputs.items()
            yield name, tf.raw_ops.ReadVariableOp(resource=inputs[node.inputs[0]], dtype=dtype)


def _computable(nodes: Iterable[Node], inputs: Arrays) -> Iterable[Node]:
    """The operations without side effects all of whose inputs are known or computed."""
    known = set(inputs)
    for node in nodes:
        if not node.operation.op_def.is_stateful and known.issuperset(node.inputs):
            known |= set(node.outputs)
            yield node


def _numeric(dtype: Any) -> bool:
    return dtype not in (tf.resource, tf.variant, tf.string) and np.dtype(dtype.as_numpy_dtype).kind in _NUMBERS


def _explaining(expected: Any, actual: Any, nodes: Iterable[Node]) -> str:
    """AG807 where XLA alone gives NaN and a tf.where stands in the graph."""
    if np.asarray(actual).dtype.kind not in "fc" or not np.any(np.isnan(actual) & ~np.isnan(expected)):
        return ""
    return "AG807" if any(node.kind in ("Select", "SelectV2") for node in nodes) else ""


def _text(value: Any) -> str:
    return np.array2string(np.asarray(value), threshold=6, precision=6, separator=", ").replace("\n", "")[:80]
