"""What one training step really called: the ops that Python ran, the graphs it called, and what XLA compiles.

Not a mode itself. TensorFlow shows each op and each call to an op callback of the calling thread; a callback traces
nothing again. What happens inside a graph is read from the graph's definition.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import tensorflow as tf
from tensorflow.python.eager import context  # private: the only way to the definitions of functions
from tensorflow.python.eager.polymorphic_function import tracing_compilation  # and to the time spent on tracing
from tensorflow.python.framework import op_callbacks  # and to the ops that Python runs

from bench.records.proof import Calls

COMPILED = "_XlaMustCompile"  # the attribute of a function that the runtime compiles with XLA, or fails
UPDATES = ("Apply", "Assign")  # what the ops that change a variable have in their names


class Watch:
    """Sees what the thread that begins it calls until it ends."""

    def __init__(self) -> None:
        self._seen = list[str]()

    def begin(self) -> None:
        op_callbacks.add_op_callback(self._ran)

    def end(self) -> None:
        op_callbacks.remove_op_callback(self._ran)

    def calls(self, traced: str = "") -> Calls:
        """What was seen; `traced` is the name of the graph that the mode has traced, where it has one."""
        runtime = context.context()
        functions = [name for name in self._seen if runtime.has_function(name)]
        ops = [name for name in self._seen if not runtime.has_function(name)]
        compiled = dict.fromkeys(plain(name) for function in functions for name in _compiled(function, set()))
        return Calls(
            ops=len(ops),
            updates=sum(any(word in name for word in UPDATES) for name in ops),
            functions=tuple(map(plain, functions)),
            compiled=tuple(compiled),
            as_traced=functions == [traced] if traced else None,
        )

    def _ran(
        self, kind: Any, inputs: Any, attributes: Any, outputs: Any, op_name: Any = None, graph: Any = None
    ) -> None:
        if graph is None:  # else it is being traced, not run
            self._seen.append(tf.compat.as_str(kind))


def watched(call: Callable[[], Any], traced: str = "") -> Calls:
    """What a call in this thread called."""
    watch = Watch()
    watch.begin()
    try:
        call()
    finally:
        watch.end()
    return watch.calls(traced)


def of_graph(definition: Any) -> Calls:
    """Of a Session's graph, by its GraphDef: the Session calls it, so Python sees no op."""
    compiled = [plain(f.signature.name) for f in definition.library.function if f.attr[COMPILED].b]
    return Calls(ops=0, updates=0, functions=(), compiled=tuple(dict.fromkeys(compiled)))


def name_of(concrete: Any) -> str:
    """The name by which the runtime calls a concrete function."""
    return str(concrete.function_def.signature.name)


def tracing_us() -> int:
    """Microseconds this process has spent on tracing so far: of any tf.function, inner ones included."""
    return int(tracing_compilation._graph_building_time_counter.get_cell().value())


def plain(name: str) -> str:
    """'__inference_middle_118' -> 'middle': without what differs from trace to trace."""
    return re.sub(r"^__(inference|forward)_(__backward_)?|(_\d+)+$", "", name) or name


def _compiled(function: str, known: set[str]) -> Iterator[str]:
    """Those of a function and of all that it calls, at any depth, that XLA compiles."""
    known.add(function)
    definition = context.context().get_function_def(function)
    if definition.attr[COMPILED].b:
        yield function
    for node in definition.node_def:
        for called in _called(node):
            if called not in known:
                yield from _compiled(called, known)


def _called(node: Any) -> list[str]:
    """The functions that an op of a graph calls: they stand among its attributes."""
    functions = [f for value in node.attr.values() for f in (value.func, *value.list.func)]
    return [function.name for function in functions if function.name]
