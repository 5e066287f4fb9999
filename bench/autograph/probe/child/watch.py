"""Watches every tf.function that the user's code makes: its calls, traces, retraces and XLA compilations.

sys.settrace shows when a function body runs, and into which graph; it also ends a trace that exceeds its limits.
"""

import contextlib
import inspect
import os
import sys
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

import tensorflow as tf

from bench.autograph.probe.child.copies import copied_lines
from bench.autograph.probe.child.libraries import LibraryWatch
from bench.autograph.probe.child.limits import Guard, LimitReached
from bench.autograph.probe.child.ownership import UserProject
from bench.autograph.probe.child.places import UserPlaces
from bench.autograph.probe.child.watched import FunctionRecord, WatchedFunction
from bench.autograph.probe.records import (
    FaultyOperation,
    Leaf,
    LibraryTraces,
    ModeRequest,
    ObservedFunction,
)
from bench.modes.inspection import graph_ops

MOST_RESULTS = 100  # of a function's calls, that are compared
_OPTIONS = ("input_signature", "autograph", "jit_compile", "reduce_retracing")  # of tf.function, in their order
EVERY = 300  # calls of Python functions between two checks of the size of the graph


@dataclass(slots=True)
class _OngoingCall:
    """A call in progress, with the graphs into which its body ran."""

    record: FunctionRecord
    graphs: list[Any] = field(default_factory=list)


class FunctionWatch:
    """Watches all tf.functions of a driver in one mode."""

    def __init__(
        self, request: ModeRequest, guard: Guard, leaves: Callable[[Any], tuple[Leaf, ...]], project: UserProject
    ) -> None:
        self._request, self._guard, self._leaves, self._places = request, guard, leaves, UserPlaces(project)
        self._real = tf.function
        self._records = dict[CodeType, FunctionRecord]()
        self._calls = list[_OngoingCall]()
        self._ticks = 0
        self._driver: CodeType | None = None
        self._at_end: Callable[[dict[str, Any]], None] = lambda names: None
        self._libraries = LibraryWatch(self._places.is_library)
        self.asks_for_xla = False
        self.faulty: FaultyOperation | None = None
        guard.place = self._places.of_frame

    def install(self) -> None:
        """Watch `tf.function` from here on. Those that libraries such as Keras make are only counted."""
        tf.function = self._function

    def functions(self) -> tuple[ObservedFunction, ...]:
        """The functions observed so far, in the order in which they were made."""
        return tuple(record.frozen() for record in self._records.values())

    def libraries(self) -> tuple[LibraryTraces, ...]:
        """The traces that libraries made, by line of the user's code."""
        return self._libraries.traces()

    def run(self, driver: Callable[[], Any], at_end: Callable[[dict[str, Any]], None]) -> Any:
        """Call the driver. `at_end` gets its local names when it returns.

        Raises LimitReached, and whatever the driver raises.
        """
        self._driver, self._at_end = getattr(driver, "__code__", None), at_end
        self._guard.start()
        sys.settrace(self._frame)
        try:
            return driver()
        finally:
            sys.settrace(None)
            self._guard.stop()

    def called(self, watched: WatchedFunction, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """A call of a watched function."""
        record, outermost, compiled = watched.record, not self._calls, self._compiled()
        record.calls += 1
        if self._is_wanted(record):
            self._isolate(watched, arguments, keywords)
        call = _OngoingCall(record)
        self._calls.append(call)
        try:
            result = watched.call(arguments, keywords)
        finally:
            self._calls.pop()
            for graph in call.graphs:
                record.nodes = max(record.nodes or 0, graph_ops(graph))
                record.copied = record.copied or copied_lines(graph, self._places.is_library)
            record.compiles += self._compiled() - compiled if outermost else 0
        if outermost and tf.executing_eagerly() and len(record.results) < MOST_RESULTS:
            record.results.append(self._leaves(result))
        return result

    def _is_wanted(self, record: FunctionRecord) -> bool:
        """Is this the call of which the part is searched that XLA computes differently?"""
        wanted = self._request.isolate
        return wanted is not None and (record.name, record.line, record.calls) == (
            wanted.function, wanted.line, wanted.call,
        )  # fmt: skip

    def _isolate(self, watched: WatchedFunction, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> None:
        """Search before the call, which may change variables. What cannot be searched stays unexplained."""
        from bench.autograph.probe.child.isolate import faulty_operation, input_values, rule_of

        with contextlib.suppress(Exception):
            concrete = watched.real.get_concrete_function(*arguments, **keywords)
            if code := rule_of(concrete.graph):
                self.faulty = FaultyOperation((), "", 0, "", "", code)
                return
            values = input_values(concrete, arguments, keywords)
            options = concrete.graph, values, self._request.tolerance, self._places.is_library
            self.faulty = faulty_operation(self._real, *options)

    def _function(self, func: Any = None, *options: Any, **named: Any) -> Any:
        named = self._in_mode({**dict(zip(_OPTIONS, options, strict=False)), **named})
        if self._places.is_library(sys._getframe(1).f_code.co_filename):
            self._libraries.made(func)
            return self._real(func, **named)
        if func is None:
            return lambda function: self._made(function, named)
        return self._made(func, named)

    def _in_mode(self, named: dict[str, Any]) -> dict[str, Any]:
        """The options of a tf.function in this mode: graph takes jit_compile out, except for a run's own model."""
        asks = bool(named.get("jit_compile") or named.get("experimental_compile"))
        self.asks_for_xla = self.asks_for_xla or asks
        if asks and self._request.mode == "graph" and self._request.probe.workload is None:
            return {**named, "jit_compile": False, "experimental_compile": None}
        return named

    def _made(self, func: Any, named: dict[str, Any]) -> Any:
        forced = {"jit_compile": True, "experimental_compile": None} if self._request.mode == "xla" else {}
        real = self._real(func, **{**named, **forced})
        code = getattr(inspect.unwrap(func), "__code__", None)
        if code is None:  # a callable object or a partial has no name
            return real
        if code not in self._records:
            name = getattr(func, "__qualname__", code.co_name).replace("<locals>.", "")
            self._records[code] = FunctionRecord(name, code, code.co_filename, code.co_firstlineno)
        self._records[code].built += 1
        return WatchedFunction(self, real, self._records[code])

    def _compiled(self) -> int:
        """How many programs XLA has compiled so far."""
        return sum(name.endswith("before_optimizations.txt") for name in os.listdir(self._request.dump))

    def _frame(self, frame: FrameType, event: str, _: Any) -> Any:
        self._ticks += 1
        if self._guard.reached or self._ticks % EVERY == 0:
            self._look()
        if frame.f_code is self._driver:
            frame.f_trace_lines = False  # Python would keep a copy of the driver's locals from line to line
            return self._driver_line
        if self._calls and _runs(frame.f_code, self._calls[-1].record.code):
            self._body()
        self._libraries.entered(frame)
        return None

    def _driver_line(self, frame: FrameType, event: str, result: Any) -> Any:
        if event == "return":
            self._at_end({name: value for name, value in frame.f_locals.items() if value is not result})
        return self._driver_line

    def _body(self) -> None:
        """Count a run of a body: an eager one, or the first into a graph, which is a new one for each trace."""
        call, graph = self._calls[-1], None if tf.executing_eagerly() else tf.compat.v1.get_default_graph()
        if graph is not None and any(graph is earlier for earlier in call.graphs):
            return
        call.record.body_runs += 1
        if graph is not None:
            call.graphs.append(graph)

    def _look(self) -> None:
        """Raises LimitReached where the graph is too large, or the guard reports a limit."""
        graph = None if tf.executing_eagerly() else tf.compat.v1.get_default_graph()
        nodes = len(graph.get_operations()) if graph is not None else 0
        name, node_limit = (
            self._calls[-1].record.name if self._calls else "the driver",
            self._request.probe.limits.nodes,
        )
        if nodes > node_limit:
            raise LimitReached(
                f"tracing {name} went beyond {node_limit:,} graph nodes ({self._places.of_graph(graph)})"
            )
        if self._guard.reached:
            location = f"{self._places.of_graph(graph)}, after {nodes:,} graph nodes" if nodes else ""
            raise LimitReached(f"{name} {self._guard.reached} ({location or self._places.of_frame(sys._getframe(2))})")

    def limit_text(self, reached: LimitReached) -> str:
        """The limit that ended the driver, and where."""
        frames = [frame for frame, _ in traceback.walk_tb(reached.__traceback__)]
        name = self._calls[-1].record.name if self._calls else "the driver"
        return str(reached) or f"{name} {self._guard.reached} ({self._places.of_frame(frames[-1] if frames else None)})"


def _runs(code: CodeType, function_code: CodeType) -> bool:
    """Is a frame's code the function's own, or AutoGraph's code for it?"""
    if code is function_code:
        return True
    if "__autograph_generated_file" not in code.co_filename:
        return False
    return code.co_name == f"tf__{function_code.co_name}" or function_code.co_name == code.co_name == "<lambda>"
