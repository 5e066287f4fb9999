"""The third stage: what Python did, line by line, during one trace and in an eager call.

sys.settrace watches only the frames of the function and of AutoGraph's code for it.
"""

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

import tensorflow as tf

from bench.autograph.explain.child.code import Code
from bench.autograph.explain.child.target import Target
from bench.autograph.explain.records import Count, LineCount, Trace, Visit

MOST_VISITS = 400  # that are sent to the parent; all are counted


@dataclass(frozen=True, slots=True)
class _Step:
    line: int
    graph: Any
    ops_before: int


class Tracer:
    """Traces a function once. Keeps its concrete function, and by name every graph built while tracing."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self.concrete_function: Any = None
        self.graphs: dict[str, Any] = {}
        self.place: Callable[[Any], int | None] = lambda op: None  # an operation's source line

    def trace(self, code: Code) -> Trace:
        """Trace the function and record the lines that run. Raises TensorFlow's errors."""
        eager = _eager_lines(self._target, code)
        traced_function, watch = tf.function(self._target.call), _Watch(code)
        self.place = lambda op: place(op, code)
        watch.run(lambda: traced_function.get_concrete_function(*self._target.arguments))
        self.concrete_function = traced_function.get_concrete_function(*self._target.arguments)
        watch.graphs.append(self.concrete_function.graph)
        self.graphs = {graph.name: graph for graph in watch.graphs if hasattr(graph, "name")}
        visits = self._visits(watch.steps)
        signature = ", ".join(map(described, self.concrete_function.structured_input_signature[0]))
        lines = self._lines(visits, eager)
        return Trace(f"({signature})", watch.saw_generated, tuple(visits[:MOST_VISITS]), len(visits), lines)

    def _visits(self, steps: list[_Step]) -> list[Visit]:
        """Each visit of a line, with the operations it created before Python ran the line again."""
        visits, ends = list[Visit](), dict[tuple[int, int], int]()
        for step in reversed(steps):
            operations = step.graph.get_operations()[step.ops_before : ends.get((id(step.graph), step.line))]
            ends[id(step.graph), step.line] = step.ops_before
            ops = counts(op.type for op in operations if self.place(op) == step.line)
            name = "" if step.graph is self.concrete_function.graph else getattr(step.graph, "name", "")
            visits.append(Visit(step.line, name, ops))
        return merged(visits[::-1])

    def _lines(self, visits: list[Visit], eager: Counter[int] | None) -> tuple[LineCount, ...]:
        ops: Counter[int] = Counter()
        for graph in self.graphs.values():
            if graph.name != "tmp":  # in which TensorFlow tries a loop's condition; it discards the graph
                ops.update(line for op in graph.get_operations() if (line := self.place(op)))
        traced = Counter(visit.line for visit in visits if visit.graph != "tmp")
        lines = sorted({*ops, *traced, *(eager or ())})
        return tuple(LineCount(line, eager[line] if eager else None, traced[line], ops[line]) for line in lines)


class _Watch:
    """Records which lines run, and in which graph."""

    def __init__(self, code: Code) -> None:
        self._code = code
        self.steps: list[_Step] = []
        self.graphs: list[Any] = []
        self.saw_generated = False

    def run(self, work: Callable[[], Any]) -> None:
        before = sys.gettrace()
        sys.settrace(self._call)
        try:
            work()
        finally:
            sys.settrace(before)

    def _call(self, frame: FrameType, event: str, _: Any) -> Any:
        self._graph()
        if self._code.generated(frame.f_code):
            self.saw_generated = True
            return self._line
        in_function = (
            frame.f_code.co_filename == self._code.file
            and self._code.first <= frame.f_code.co_firstlineno <= self._code.last
        )
        return self._line if in_function else None

    def _line(self, frame: FrameType, event: str, _: Any) -> Any:
        line = self._code.place(frame.f_code.co_filename, frame.f_lineno)
        if event == "line" and line is not None and line >= self._code.body:
            graph = self._graph()
            self.steps.append(_Step(line, graph, len(graph.get_operations())))
        return self._line

    def _graph(self) -> Any:
        graph = tf.compat.v1.get_default_graph()
        if not any(graph is noted for noted in self.graphs[-3:]) and not any(graph is noted for noted in self.graphs):
            self.graphs.append(graph)
        return graph


def _eager_lines(target: Target, code: Code) -> Counter[int] | None:
    """How often Python runs each line in an eager call; None where the call raises."""
    watch = _Watch(code)
    try:
        watch.run(lambda: target.call(*target.arguments))
    except Exception:
        return None
    return Counter(step.line for step in watch.steps)


def place(op: Any, code: Code) -> int | None:
    """The innermost line of the function on the stack that created an operation; helpers called there do not count."""
    frames = reversed(op.traceback or ())
    return next((line for frame in frames if (line := code.place(frame.filename, frame.lineno)) is not None), None)


def merged(visits: list[Visit]) -> list[Visit]:
    """Visits in a row of the same source line as one: several lines of AutoGraph's code may come from one line."""
    merged_visits = list[Visit]()
    for visit in visits:
        if merged_visits and (merged_visits[-1].line, merged_visits[-1].graph) == (visit.line, visit.graph):
            ops = Counter({count.kind: count.number for count in merged_visits[-1].ops})
            ops.update({count.kind: count.number for count in visit.ops})
            merged_visits[-1] = Visit(visit.line, visit.graph, _sorted(ops))
        else:
            merged_visits.append(visit)
    return merged_visits


def counts(kinds: Any) -> tuple[Count, ...]:
    """How many there are of each kind, the most frequent first."""
    return _sorted(Counter(kinds))


def _sorted(counted: Counter[str]) -> tuple[Count, ...]:
    return tuple(Count(kind, number) for kind, number in sorted(counted.items(), key=lambda pair: (-pair[1], pair[0])))


def described(argument: Any) -> str:
    """An argument of a signature: `x: float32 [64, 10]`, or the Python value that it was traced for."""
    if isinstance(argument, tf.TensorSpec):
        shape = str(argument.shape).replace("(", "[").replace(",)", "]").replace(")", "]")
        return f"{argument.name or 'tensor'}: {argument.dtype.name} {shape}"
    return f"Python {type(argument).__name__} {argument!r}"[:60]
