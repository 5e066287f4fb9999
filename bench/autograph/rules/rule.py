"""The record of a rule: what it says, why, how to fix it, what TensorFlow does, and how it is found in source."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bench.autograph.traced.body import Body, Hit

SEVERITIES = ("info", "warning", "error")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What an example was observed to do in each mode.

    It returns a value, prints so many lines besides (`prints 3 lines`), or raises (`ValueError: part of the message`).
    """

    eager: str
    graph: str
    xla: str

    def of(self, mode: str) -> str:
        """In this mode."""
        return {"eager": self.eager, "graph": self.graph, "xla": self.xla}[mode]


def everywhere(text: str) -> Behaviour:
    """The same in every mode."""
    return Behaviour(text, text, text)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Its examples are the functions `fails` and `passes` of `examples/<code>.py`.

    `seed` is its place in the tutorial's three rules; `messages` are regular expressions of what TensorFlow says where
    it is broken. `check` looks at code that is traced, or, with `of_callers`, at the code around it. `coverage` says
    how it is found, or why not.
    """

    code: str
    name: str
    severity: str
    seed: int | None
    summary: str
    why: str
    fix: str
    fails: Behaviour
    passes: Behaviour
    check: Callable[[Body], Iterable[Hit]] | None = None
    messages: tuple[str, ...] = ()
    of_callers: bool = False
    coverage: str = "static"


def lowered(severity: str, steps: int) -> str:
    """A severity so many steps down."""
    return SEVERITIES[max(0, SEVERITIES.index(severity) - steps)]
