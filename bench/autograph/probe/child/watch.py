"""Watches every tf.function that the user's code makes: its calls, traces, retraces and XLA compilations.

sys.settrace shows when a function body runs, and into which graph; it also ends a trace that exceeds its limits.
"""

import inspect
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import tensorflow as tf

from bench.autograph.probe.child.arguments import Argument, changes, described
from bench.autograph.probe.child.limits import Guard
from bench.autograph.probe.child.ownership import UserProject
from bench.autograph.probe.records import Leaf, ModeRequest, ObservedFunction, Retrace
from bench.modes.inspection import graph_ops

MOST_RESULTS = 100  # of a function's calls, that are compared
MOST_RETRACES = 20  # of a function, that are reported
AUTOGRAPH_ROOM = str(Path(__file__).parents[2])
# The suite's own code that counts as the user's, even where the suite is an installed package.
USERS_STAND_INS = str(Path(__file__).with_name("model_driver.py")), str(Path(__file__).parents[3] / "modes")
EVERY = 300  # calls of Python functions between two checks of the size of the graph


class LimitReached(BaseException):
    """A limit was reached. No Exception, so that the user's code does not catch it."""


@dataclass(slots=True)
class FunctionRecord:
    """What is counted for the tf.functions of one Python function."""

    name: str
    code: CodeType
    file: str
    line: int
    built: int = 0
    calls: int = 0
    body_runs: int = 0
    traces: int = 0
    compiles: int = 0
    nodes: int | None = None
    retraces: list[Retrace] = field(default_factory=list)
    results: list[tuple[Leaf, ...]] = field(default_factory=list)

    def frozen(self) -> ObservedFunction:
        """The record that is sent to the parent."""
        sequences = tuple(self.retraces), tuple(self.results)
        counts = self.built, self.calls, self.body_runs, self.traces, self.compiles, self.nodes
        return ObservedFunction(self.name, self.file, self.line, *counts, *sequences)


@dataclass(slots=True)
class _OngoingCall:
    """A call in progress, with the graphs into which its body ran."""

    record: FunctionRecord
    graphs: list[Any] = field(default_factory=list)


class WatchedFunction:
    """Replaces a tf.function, and behaves like it in everything that is not watched."""

    def __init__(self, watch: "FunctionWatch", real: Any, record: FunctionRecord) -> None:
        self._watch, self._real, self._record = watch, real, record
        self._bound = dict[int, WatchedFunction]()
        self._traced = list[list[Argument]]()  # the arguments of each trace
        self.__wrapped__ = real.python_function

    # If AutoGraph converted the watching code, its error messages would name it.
    @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]
    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self._watch.called(self, arguments, keywords)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        real = self._real.__get__(instance, owner)
        if real is self._real:
            return self
        if id(real) not in self._bound:
            self._bound[id(real)] = WatchedFunction(self._watch, real, self._record)
        return self._bound[id(real)]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def call(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Call the real tf.function, and note the arguments if it was traced."""
        before = self._real.experimental_get_tracing_count()
        try:
            return self._real(*arguments, **keywords)
        finally:
            if (new_traces := self._real.experimental_get_tracing_count() - before) > 0:
                self._note(new_traces, described(self._real.python_function, arguments, keywords))

    def _note(self, traces: int, arguments: list[Argument]) -> None:
        record = self._record
        record.traces += traces
        if self._traced and len(record.retraces) < MOST_RETRACES:
            record.retraces.append(Retrace(record.calls, changes(self._traced, arguments)))
        self._traced.append(arguments)


class FunctionWatch:
    """Watches all tf.functions of a driver in one mode."""

    def __init__(
        self, request: ModeRequest, guard: Guard, leaves: Callable[[Any], tuple[Leaf, ...]], project: UserProject
    ) -> None:
        self._request, self._guard, self._leaves, self._project = request, guard, leaves, project
        self._real = tf.function
        self._records = dict[CodeType, FunctionRecord]()
        self._calls = list[_OngoingCall]()
        self._ticks = 0
        self._driver: CodeType | None = None
        self._at_end: Callable[[dict[str, Any]], None] = lambda names: None

    def install(self) -> None:
        """Watch `tf.function` from here on, except for calls from libraries such as Keras."""
        tf.function = self._function

    def functions(self) -> tuple[ObservedFunction, ...]:
        """The functions observed so far, in the order in which they were made."""
        return tuple(record.frozen() for record in self._records.values())

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
        record, outermost, compiled = watched._record, not self._calls, self._compiled()
        record.calls += 1
        call = _OngoingCall(record)
        self._calls.append(call)
        try:
            result = watched.call(arguments, keywords)
        finally:
            self._calls.pop()
            record.nodes = max((record.nodes or 0, *map(graph_ops, call.graphs))) if call.graphs else record.nodes
            record.compiles += self._compiled() - compiled if outermost else 0
        if outermost and tf.executing_eagerly() and len(record.results) < MOST_RESULTS:
            record.results.append(self._leaves(result))
        return result

    def _function(self, func: Any = None, *options: Any, **named: Any) -> Any:
        if self._is_library(sys._getframe(1).f_code.co_filename):
            return self._real(func, *options, **named)
        if func is None:
            return lambda function: self._made(function, options, named)
        return self._made(func, options, named)

    def _made(self, func: Any, options: tuple[Any, ...], named: dict[str, Any]) -> Any:
        forced = {"jit_compile": True} if self._request.mode == "xla" else {}
        real = self._real(func, *options, **{**named, **forced})
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
            return self._driver_line
        if self._calls and _runs(frame.f_code, self._calls[-1].record.code):
            self._body()
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
            raise LimitReached(f"tracing {name} went beyond {node_limit:,} graph nodes ({self._place(graph)})")
        if self._guard.reached:
            location = f"{self._place(graph)}, after {nodes:,} graph nodes" if nodes else ""
            raise LimitReached(f"{name} {self._guard.reached} ({location or self._frames_place(sys._getframe(2))})")

    def _place(self, graph: Any) -> str:
        """The line of the user's code that created the latest operation of the graph."""
        frames = reversed(graph.get_operations()[-1].traceback or ())
        return next((f"{Path(f.filename).name}:{f.lineno}" for f in frames if not self._is_library(f.filename)), "")

    def _frames_place(self, frame: FrameType | None) -> str:
        while frame and self._is_library(frame.f_code.co_filename):
            frame = frame.f_back
        return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}" if frame else ""

    @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]
    def _is_library(self, file: str) -> bool:
        """Is the code Python's, of an installed package, this room's own, or generated by AutoGraph?"""
        if file.startswith(USERS_STAND_INS):
            return False
        own_code = file.startswith((AUTOGRAPH_ROOM, "<")) or "__autograph_generated" in file
        return own_code or self._project.is_library(file)


def _runs(code: CodeType, function_code: CodeType) -> bool:
    """Is a frame's code the function's own, or AutoGraph's code for it?"""
    if code is function_code:
        return True
    if "__autograph_generated_file" not in code.co_filename:
        return False
    return code.co_name == f"tf__{function_code.co_name}" or function_code.co_name == code.co_name == "<lambda>"
