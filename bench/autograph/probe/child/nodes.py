"""The operations of a graph, those of the functions that it calls among them, ready to be made once more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import tensorflow as tf

_CALLS = ("PartitionedCall", "StatefulPartitionedCall")


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An operation, with the names of the tensors that it reads; of those it computes their dtypes too."""

    kind: str
    operation: Any
    inputs: tuple[str, ...]
    outputs: Mapping[str, Any]

    def copied(self, tensors: Mapping[str, Any]) -> dict[str, Any]:
        """Make it once more in the current graph, on these tensors. Returns its results by name."""
        graph = tf.compat.v1.get_default_graph()
        # Attributes that begin with _ say how the original is run, such as by XLA.
        attributes = {key: value for key, value in self.operation.node_def.attr.items() if not key.startswith("_")}
        inputs = [tensors[name] for name in self.inputs]
        copy = graph.create_op(self.kind, inputs, list(self.outputs.values()), attrs=attributes)
        return dict(zip(self.outputs, copy.outputs, strict=True))


@dataclass(slots=True)
class Names:
    """Which tensor a tensor is the same as: a parameter of a function as its argument, a call's result as its own."""

    same: dict[str, str] = field(default_factory=dict)

    def of(self, name: str) -> str:
        """The name by which a tensor is known."""
        return self.same.get(name, name)


def opened(graph: Any, names: Names, prefix: str = "") -> Iterator[Node]:
    """The operations in order, with the operations of a called function in place of the call."""
    for operation in graph.get_operations():
        inputs = tuple(names.of(prefix + tensor.name) for tensor in operation.inputs)
        inner = _called(graph, operation)
        if inner is not None:
            within = f"{prefix}{operation.name}/"
            names.same.update(zip((within + tensor.name for tensor in inner.inputs), inputs, strict=True))
            yield from opened(inner, names, within)
            results = (names.of(within + tensor.name) for tensor in inner.outputs)
            names.same.update(zip((prefix + tensor.name for tensor in operation.outputs), results, strict=True))
        elif operation.type != "Placeholder":
            outputs = {prefix + tensor.name: tensor.dtype for tensor in operation.outputs}
            yield Node(operation.type, operation, inputs, outputs)


def _called(graph: Any, operation: Any) -> Any:
    """The graph of the function that an operation calls; None where it calls none."""
    if operation.type not in _CALLS:
        return None
    function = graph._get_function(operation.get_attr("f").name)  # TensorFlow has no public way to it
    return getattr(function, "graph", None)
