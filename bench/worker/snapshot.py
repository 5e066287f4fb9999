"""A trainer's whole state at one moment, kept on the disk: in memory it would raise the process' reported peak."""

import pickle
import weakref
from collections.abc import Callable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import Any

import numpy as np

from bench.modes import Trainer

GROUP_BYTES = 2**23  # variables read or written at once


class Snapshot:
    """The value of every variable of a trainer's state. Its file lives as long as it does."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer, self._file = trainer, TemporaryFile()  # noqa: SIM115 - open as long as the snapshot lives
        weakref.finalize(self, self._file.close)
        self._places = dict[int, int]()  # of each variable, by its identity
        for variable, value in values_now(trainer):
            self._places[id(variable)] = self._file.tell()
            pickle.dump(value, self._file, protocol=5)

    def value(self, variable: Any) -> Any:
        """What the variable's value was."""
        self._file.seek(self._places[id(variable)])
        return pickle.load(self._file)

    def put_back(self, weight: Callable[[int, Any], Any] = lambda _, value: value, but: Sequence[Any] = ()) -> None:
        """Give every variable its value again, `but` these; each weight `weight(its number, its value)`."""
        numbers = {id(variable): number for number, variable in enumerate(self._trainer.task.weights)}
        left = {id(variable) for variable in but}
        for group in _groups([v for v in self._trainer.task.state() if id(v) not in left]):
            values = [weight(numbers[id(v)], self.value(v)) if id(v) in numbers else self.value(v) for v in group]
            self._trainer.write(group, values)

    def beside_now(self) -> Iterator[tuple[Any, Any, Any]]:
        """Each variable, its value then and its value now."""
        for variable, now in values_now(self._trainer):
            yield variable, self.value(variable), now


def values_now(trainer: Trainer) -> Iterator[tuple[Any, Any]]:
    """Each variable of a trainer's state with its value, a group at a time.

    Always in the same groups, for a Session plans each new set of variables first.
    """
    for group in _groups(trainer.task.state()):
        yield from zip(group, trainer.read(group), strict=True)


def _groups(variables: Sequence[Any]) -> Iterator[list[Any]]:
    """In order, as many at once as GROUP_BYTES hold of float32, but at least one."""
    group, held = list[Any](), 0
    for variable in variables:
        size = 4 * int(np.prod(variable.shape))
        if group and held + size > GROUP_BYTES:
            yield group
            group, held = [], 0
        group, held = [*group, variable], held + size
    if group:
        yield group
