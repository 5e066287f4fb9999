"""tf.function, watched: what each one that a person's code makes is called with, and what becomes of the calls.

Python's own tracer sees when a body runs, and into which graph; it also ends a trace that goes beyond its limits.
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

MOST_RESULTS = 100  # of a function's calls that are compared
MOST_RETRACES = 20  # of a function's that are told
OURS = str(Path(__file__).parents[2])
# The suite's own code that stands for a person's, also where the suite is an installed package itself.
STAND_INS = str(Path(__file__).with_name("model_driver.py")), str(Path(__file__).parents[3] / "modes")
EVERY = 300  # calls of Python functions between two looks at how large a graph has become


class LimitReached(BaseException):
    """A limit was reached; no Exception, so that no `except` of the person's stops it."""


@dataclass(slots=True)
class FunctionRecord:
    """The tf.functions of one Python function."""

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
        """As it crosses to the parent."""
        kept = tuple(self.retraces), tuple(self.results)
        counted = self.built, self.calls, self.body_runs, self.traces, self.compiles, self.nodes
        return ObservedFunction(self.name, self.file, self.line, *counted, *kept)


@dataclass(slots=True)
class _OngoingCall:
    """A call that is going on: the graphs that its body was run into."""

    record: FunctionRecord
    graphs: list[Any] = field(default_factory=list)


class WatchedFunction:
    """Stands where the tf.function would, and is one in all that it does not watch."""

    def __init__(self, watch: "FunctionWatch", real: Any, record: FunctionRecord) -> None:
        self._watch, self._real, self._record = watch, real, record
        self._bound = dict[int, WatchedFunction]()
        self._traced = list[list[Argument]]()  # the arguments that each trace was made for
        self.__wrapped__ = real.python_function

    # Converting what only watches would make AutoGraph's own errors name it.
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
        """The real call; notes what it was traced for."""
        before = self._real.experimental_get_tracing_count()
        try:
            return self._real(*arguments, **keywords)
        finally:
            if (new := self._real.experimental_get_tracing_count() - before) > 0:
                self._note(new, described(self._real.python_function, arguments, keywords))

    def _note(self, traces: int, now: list[Argument]) -> None:
        record = self._record
        record.traces += traces
        if self._traced and len(record.retraces) < MOST_RETRACES:
            record.retraces.append(Retrace(record.calls, changes(self._traced, now)))
        self._traced.append(now)


class FunctionWatch:
    """All tf.functions of a driver's run in one mode."""

    def __init__(
        self, order: ModeRequest, guard: Guard, leaves: Callable[[Any], tuple[Leaf, ...]], theirs: UserProject
    ) -> None:
        self._order, self._guard, self._leaves, self._theirs = order, guard, leaves, theirs
        self._real = tf.function
        self._records = dict[CodeType, FunctionRecord]()
        self._calls = list[_OngoingCall]()
        self._ticks = 0
        self._driver: CodeType | None = None
        self._at_end: Callable[[dict[str, Any]], None] = lambda names: None

    def install(self) -> None:
        """From here on `tf.function` is watched, for all code but TensorFlow's and Keras' own."""
        tf.function = self._function

    def functions(self) -> tuple[ObservedFunction, ...]:
        """What was seen, in the order in which they were made."""
        return tuple(record.frozen() for record in self._records.values())

    def run(self, driver: Callable[[], Any], at_end: Callable[[dict[str, Any]], None]) -> Any:
        """Call the driver; `at_end` is given its local names when it ends. Raises Limit, and what it raises."""
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
            return lambda given: self._made(given, options, named)
        return self._made(func, options, named)

    def _made(self, func: Any, options: tuple[Any, ...], named: dict[str, Any]) -> Any:
        forced = {"jit_compile": True} if self._order.mode == "xla" else {}
        real = self._real(func, *options, **{**named, **forced})
        code = getattr(inspect.unwrap(func), "__code__", None)
        if code is None:  # a callable object, or a partial: nothing to name it by
            return real
        if code not in self._records:
            name = getattr(func, "__qualname__", code.co_name).replace("<locals>.", "")
            self._records[code] = FunctionRecord(name, code, code.co_filename, code.co_firstlineno)
        self._records[code].built += 1
        return WatchedFunction(self, real, self._records[code])

    def _compiled(self) -> int:
        """How many programs XLA has compiled."""
        return sum(name.endswith("before_optimizations.txt") for name in os.listdir(self._order.dump))

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
        """A body begins to run: eagerly, or into a graph, which is a new one for each trace."""
        call, graph = self._calls[-1], None if tf.executing_eagerly() else tf.compat.v1.get_default_graph()
        if graph is not None and any(graph is known for known in call.graphs):
            return
        call.record.body_runs += 1
        if graph is not None:
            call.graphs.append(graph)

    def _look(self) -> None:
        """Raises Limit where a graph has grown too large, or the guard has had enough."""
        graph = None if tf.executing_eagerly() else tf.compat.v1.get_default_graph()
        nodes = len(graph.get_operations()) if graph is not None else 0
        name, most = self._calls[-1].record.name if self._calls else "the driver", self._order.asked.limits.nodes
        if nodes > most:
            raise LimitReached(f"tracing {name} went beyond {most:,} graph nodes ({self._place(graph)})")
        if self._guard.reached:
            made = f"{self._place(graph)}, after {nodes:,} graph nodes" if nodes else ""
            raise LimitReached(f"{name} {self._guard.reached} ({made or self._frames_place(sys._getframe(2))})")

    def _place(self, graph: Any) -> str:
        """The person's line that made the graph's latest operation."""
        frames = reversed(graph.get_operations()[-1].traceback or ())
        return next((f"{Path(f.filename).name}:{f.lineno}" for f in frames if not self._is_library(f.filename)), "")

    def _frames_place(self, frame: FrameType | None) -> str:
        while frame and self._is_library(frame.f_code.co_filename):
            frame = frame.f_back
        return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}" if frame else ""

    @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]
    def _is_library(self, file: str) -> bool:
        """Whether code lies in an installed package, or is Python's, the probe's own or AutoGraph's."""
        if file.startswith(STAND_INS):
            return False
        ours = file.startswith((OURS, "<")) or "__autograph_generated" in file
        return ours or self._theirs.library(file)


def _runs(code: CodeType, wanted: CodeType) -> bool:
    """Whether a frame's code is a function's own, or what AutoGraph wrote of it."""
    if code is wanted:
        return True
    if "__autograph_generated_file" not in code.co_filename:
        return False
    return code.co_name == f"tf__{wanted.co_name}" or wanted.co_name == code.co_name == "<lambda>"
