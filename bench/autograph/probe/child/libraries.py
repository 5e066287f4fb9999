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

from bench.autograph.probe.records import LibraryTraces

_WRAPPERS = ("error_handler", "wrapper", "inner", "__call__")  # frames whose names say nothing of what was called


@dataclass(slots=True)
class _Line:
    """A line of the user's code, and what it calls."""

    called: str
    graphs: "list[weakref.ref[Any]]" = field(default_factory=list)
    traces: int = 0
    functions: set[int] = field(default_factory=set)


class LibraryWatch:
    """The traces of a library's functions, by the line of the user's code that led to them."""

    def __init__(self, is_library: Callable[[str], bool]) -> None:
        self._is_library = is_library
        self._codes = set[CodeType]()
        self._made = dict[CodeType, int]()
        self._lines = dict[tuple[str, int], _Line]()

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
        place = self._users_line(frame)
        if place is None:
            return
        called, file, number = place
        line = self._lines.setdefault((file, number), _Line(called))
        if not any(earlier() is graph for earlier in line.graphs):
            line.graphs.append(weakref.ref(graph))
            line.traces += 1
            line.functions.add(self._made[frame.f_code])

    def traces(self) -> tuple[LibraryTraces, ...]:
        """What was counted, by line."""
        return tuple(
            LibraryTraces(line.called, file, number, len(line.functions), line.traces)
            for (file, number), line in self._lines.items()
        )

    def _users_line(self, frame: FrameType) -> tuple[str, str, int] | None:
        """What the nearest line of the user's code calls, its file and its number."""
        called, outer = "", frame.f_back
        while outer is not None and self._is_library(outer.f_code.co_filename):
            if not outer.f_code.co_name.startswith(("_", "<", *_WRAPPERS)):
                called = outer.f_code.co_name
            outer = outer.f_back
        return (called, outer.f_code.co_filename, outer.f_lineno) if outer is not None else None
