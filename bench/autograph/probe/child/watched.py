"""A tf.function that is watched: counts its calls and traces, and why it is traced again."""

import weakref
from dataclasses import dataclass, field
from types import CodeType
from typing import Any, Protocol

import tensorflow as tf

from bench.autograph.probe.child.arguments import Argument, changes, described
from bench.autograph.probe.records import CopiedLine, Leaf, ObservedFunction, Retrace

MOST_RETRACES = 20  # of a function, that are reported


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
    copied: tuple[CopiedLine, ...] = ()

    def frozen(self) -> ObservedFunction:
        """The record that is sent to the parent."""
        sequences = tuple(self.retraces), tuple(self.results), self.copied
        counts = self.built, self.calls, self.body_runs, self.traces, self.compiles, self.nodes
        return ObservedFunction(self.name, self.file, self.line, *counts, *sequences)


class Watcher(Protocol):
    """What is reported of each call."""

    def called(self, watched: "WatchedFunction", arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Makes the call, and returns its result."""


class WatchedFunction:
    """Replaces a tf.function, and behaves like it in everything that is not watched.

    It keeps nothing alive that a tf.function does not: neither objects nor arguments, since tf.function notices
    whether an object is still alive.
    """

    def __init__(self, watcher: Watcher, real: Any, record: FunctionRecord) -> None:
        self._watcher, self.real, self.record = watcher, real, record
        self._bound = weakref.WeakKeyDictionary[Any, WatchedFunction]()  # by object, as tf.function has it
        self._traced = list[list[Argument]]()  # the arguments of each trace
        self.__wrapped__ = real.python_function

    # If AutoGraph converted the watching code, its error messages would name it.
    @tf.autograph.experimental.do_not_convert  # type: ignore[untyped-decorator]
    def __call__(self, *arguments: Any, **keywords: Any) -> Any:
        return self._watcher.called(self, arguments, keywords)

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        real = self.real.__get__(instance, owner)
        if real is self.real:
            return self
        if instance not in self._bound:
            self._bound[instance] = WatchedFunction(self._watcher, real, self.record)
        return self._bound[instance]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)

    def call(self, arguments: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
        """Call the real tf.function, and note the arguments if it was traced."""
        before = self.real.experimental_get_tracing_count()
        try:
            return self.real(*arguments, **keywords)
        finally:
            if (new_traces := self.real.experimental_get_tracing_count() - before) > 0:
                self._note(new_traces, described(self.real.python_function, arguments, keywords))

    def _note(self, traces: int, arguments: list[Argument]) -> None:
        record = self.record
        record.traces += traces
        if self._traced and len(record.retraces) < MOST_RETRACES:
            record.retraces.append(Retrace(record.calls, changes(self._traced, arguments)))
        self._traced.append(arguments)
