"""Counts the traces of tf.functions that a library makes for itself, such as those of Keras' fit and predict.

They are left as they are, nothing is put around them: sys.settrace sees their bodies run, and into which graph.
"""

import inspect
import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType, FrameType
from typing import Any

import tensorflow as tf

from bench.autograph.probe.child.isolate import rule_of
from bench.autograph.probe.records import LibraryTraces

_WRAPPERS = ("error_handler", "wrapper", "inner", "__call__")  # frames whose names say nothing of what was called


@dataclass(frozen=True, slots=True)
class _Way:
    """The way from a line of the user's code through a library's calls to a function that is traced."""

    file: str
    line: int
    calls: tuple[tuple[CodeType, int], ...]


@dataclass(slots=True)
class _Line:
    """What a line calls, and the traces that this made."""

    called: str
    graphs: "list[weakref.ref[Any]]" = field(default_factory=list)
    traces: int = 0
    functions: set[int] = field(default_factory=set)

    def code(self) -> str:
        """The rule that says why XLA gives other numbers, by the operations of the graphs that are still there."""
        graphs = (graph for each in self.graphs if (graph := each()) is not None)
        return next(filter(None, map(rule_of, graphs)), "")


class LibraryWatch:
    """The traces of a library's functions, by the line of the user's code that led to them."""

    def __init__(self, is_library: Callable[[str], bool]) -> None:
        self._is_library = is_library
        self._codes = set[CodeType]()
        self._made = dict[CodeType, int]()
        self._ways = dict[_Way, _Line]()

    def made(self, function: Any) -> None:
        """A library makes a tf.function of this function."""
        code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
        if code is not None:
            self._made[code] = self._made.get(code, 0) + 1

    def entered(self, frame: FrameType) -> None:
        """A Python function was called: where it is one of a library, and into a new graph, that is a trace."""
        if frame.f_code not in self._made or tf.executing_eagerly():
            return
        graph = tf.compat.v1.get_default_graph()
        if getattr(graph.outer_graph, "outer_graph", None) is not None:  # part of another trace
            return
        way = self._way(frame)
        if way is None:
            return
        line = self._ways.setdefault(way[0], _Line(way[1]))
        if not any(earlier() is graph for earlier in line.graphs):
            line.graphs.append(weakref.ref(graph))
            line.traces += 1
            line.functions.add(self._made[frame.f_code])

    def traces(self) -> tuple[LibraryTraces, ...]:
        """What was counted, by line; twice for a line that leads to two functions, as fit does with validation data."""
        return tuple(
            LibraryTraces(line.called, way.file, way.line, len(line.functions), line.traces, line.code())
            for way, line in self._ways.items()
        )

    def _way(self, frame: FrameType) -> "tuple[_Way, str] | None":
        """The nearest line of the user's code, with the library's calls from there on, and what the line calls."""
        called, outer, calls = "", frame.f_back, list[tuple[CodeType, int]]()
        while outer is not None and self._is_library(outer.f_code.co_filename):
            if not outer.f_code.co_name.startswith(("_", "<", *_WRAPPERS)):
                called = outer.f_code.co_name
            if not str(outer.f_globals.get("__name__")).startswith("tensorflow."):  # a first call is another way there
                calls.append((outer.f_code, outer.f_lineno))
            outer = outer.f_back
        if outer is None:
            return None
        return _Way(outer.f_code.co_filename, outer.f_lineno, tuple(calls)), called
