"""The fourth stage: the graph with its nested function bodies, as traced and as optimised by Grappler."""

from collections.abc import Callable, Iterable
from typing import Any

import tensorflow as tf

from bench.autograph.explain.child.target import Target
from bench.autograph.explain.child.trace import Tracer, counts
from bench.autograph.explain.records import FuncGraph, Listing, ListingLine, TracedGraph
from bench.errors import BenchError
from bench.modes.inspection import optimised_graph
from bench.worker.user_errors import described

MOST_LINES = 400  # of a function body that are sent to the parent; all are counted
ROLES = {
    "cond": "the loop's condition", "body": "the loop's body",
    "then_branch": "the branch taken", "else_branch": "the other branch",
}  # fmt: skip


def traced_graph(target: Target, tracer: Tracer) -> TracedGraph:
    """The graph of the tracer, before and after Grappler, for which a new tf.function is run once."""
    if tracer.concrete_function is None:
        raise BenchError("it was not traced, so there is no graph")
    definition = tracer.concrete_function.graph.as_graph_def()
    lines = {op.name: tracer.place(op) for graph in tracer.graphs.values() for op in graph.get_operations()}
    before = func_graph_of(definition, lines.get, target.name)
    try:
        optimised = optimised_graph(tf.function(target.call), target.arguments)
    except Exception as error:
        return TracedGraph(before, None, described(error)[0])
    return TracedGraph(before, func_graph_of(optimised, lines.get, target.name))


def func_graph_of(definition: Any, line_of: Callable[[str], int | None], name: str) -> FuncGraph:
    """A GraphDef as a FuncGraph; a function that an operation names is nested in that operation's graph."""
    functions = {function.signature.name: function.node_def for function in definition.library.function}

    def func_graph(nodes: Iterable[Any], name: str, role: str, above: tuple[str, ...]) -> FuncGraph:
        nodes = list(nodes)
        nested = tuple(
            func_graph(functions[called], called, f"{ROLES.get(key, 'called')} of {node.name}", (*above, called))
            for node in nodes
            for key, called in _called(node)
            if called in functions and called not in above
        )
        listed = tuple(ListingLine(_text(node), line_of(node.name)) for node in nodes[:MOST_LINES])
        total = len(nodes) + sum(nested_body.ops_total for nested_body in nested)
        kinds = counts(node.op for node in nodes)
        return FuncGraph(name, role, len(nodes), total, kinds, Listing(listed, len(nodes)), nested)

    return func_graph(definition.node, name, "", ())


def _called(node: Any) -> list[tuple[str, str]]:
    """The functions that a node's attributes name, with the attribute: a branch, a loop body, a called function."""
    named = [(key, value.func.name) for key, value in sorted(node.attr.items()) if value.HasField("func")]
    listed = [(key, func.name) for key, value in sorted(node.attr.items()) for func in value.list.func]
    return named + listed


def _text(node: Any) -> str:
    inputs = ", ".join(source.removesuffix(":0") for source in node.input)
    return f"{node.name} = {node.op}({inputs})"
