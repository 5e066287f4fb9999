"""Operations by the names under which people know them, and which of them one kernel executes together. Not a mode."""

import re
from functools import cache
from typing import Any

from tensorflow.python.framework import op_def_registry  # private: the only list of all operations

Fused = tuple[tuple[str, ...], ...]

# They execute other operations, or wait for other threads.
CONTAINERS = {
    *("While", "StatelessWhile", "If", "StatelessIf", "Case", "StatelessCase"),
    *("PartitionedCall", "StatefulPartitionedCall", "_XlaRun", "_XlaCompile", "XlaLaunch", "IteratorGetNext"),
}


@cache
def plain(kind: str) -> str | None:
    """'Conv2D' of '_MklNativeFusedConv2D'; None for what is not an operation, or only contains others."""
    if kind in CONTAINERS:
        return None
    bare = re.sub(r"^_(Mkl(Native)?)?", "", kind).removesuffix("WithBias").replace("BatchNormEx", "BatchNormV3")
    return next((name for name in (bare, bare.removeprefix("Fused"), kind) if op_def_registry.get(name)), None)


def fused_in_graph(definition: Any) -> Fused:
    """What Grappler fused in a GraphDef, each with the operation that the kernel is named after first."""
    nodes = [*definition.node, *(node for function in definition.library.function for node in function.node_def)]
    found = {(plain(node.op) or node.op, *_joined(node)) for node in nodes}
    return tuple(sorted(each for each in found if len(each) > 1))


def _joined(node: Any) -> tuple[str, ...]:
    if "fused_ops" in node.attr:
        return tuple(name.decode() for name in node.attr["fused_ops"].list.s)
    activation = node.attr["activation_mode"].s.decode() if "activation_mode" in node.attr else ""
    return (activation,) if activation not in ("", "Identity") else ()


def fused_in_program(program: str) -> Fused:
    """What XLA fused, by the text of its optimised program: the operations that each fusion has parts of."""
    bodies = re.findall(r"^%fused_computation[^\n]*\{\n(.*?)^\}", program, re.MULTILINE | re.DOTALL)
    found = {tuple(sorted(set(re.findall(r'op_type="(\w+)"', body)))) for body in bodies}
    return tuple(sorted(each for each in found if len(each) > 1))
