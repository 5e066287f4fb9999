"""Reads the state of the user's code around the driver. What cannot be read is noted; the driver goes on."""

from collections.abc import Callable, Iterable
from typing import Any

from bench.autograph.probe.child.leaves import leaves
from bench.autograph.probe.child.state import State
from bench.autograph.probe.records import Leaf


class StateReader:
    """The leaves of globals, of the driver's locals and its result. `unread` says what could not be read, and why.

    `prefix` stands before the names of the driver's locals.
    """

    def __init__(self, state: State, prefix: str) -> None:
        self._state, self._prefix = state, prefix
        self.unread = list[str]()
        self.at_end: tuple[Leaf, ...] = ()

    def modules(self, when: str) -> tuple[Leaf, ...]:
        """Globals, closures and attributes; `when` is before or after the driver."""
        return self._read(f"the state {when} the driver", self._state.of_modules)

    def locals(self, names: dict[str, Any]) -> None:
        """Keep the driver's locals, when it returns."""
        named = {f"{self._prefix}{name}": value for name, value in names.items()}
        self.at_end = self._read("the state of the driver's locals", lambda: self._state.of(named))

    def result(self, value: Any) -> tuple[Leaf, ...]:
        """The leaves of the driver's result."""
        return self._read("the driver's result", lambda: leaves(value, "result", self._state.is_users))

    def _read(self, what: str, values: Callable[[], Iterable[Leaf]]) -> tuple[Leaf, ...]:
        try:
            return tuple(values())
        except Exception as error:
            self.unread.append(f"{what} cannot be read: {type(error).__name__}: {error}")
            return ()
