"""The record of a rule: its text, its fix, the observed behaviour of its examples, and its check."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bench.autograph.traced.body import Body, Hit

SEVERITIES = ("info", "warning", "error")


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The observed outcome of an example in each mode.

    The value it returns, `prints 3 lines` where it also prints, or `ValueError: part of the message` where it raises.
    """

    eager: str
    graph: str
    xla: str

    def of(self, mode: str) -> str:
        """The outcome in this mode: eager, graph or xla."""
        return {"eager": self.eager, "graph": self.graph, "xla": self.xla}[mode]


def everywhere(text: str) -> Behaviour:
    """The same outcome in every mode."""
    return Behaviour(text, text, text)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Its examples are the functions `fails` and `passes` of `examples/<code>.py`.

    `seed` is the number of the tutorial's rule it belongs to; `messages` are regular expressions for TensorFlow's
    errors and warnings where the rule is broken. `check` gets traced code or, with `of_callers`, the untraced code
    around it. `coverage` says how completely `check` finds it.
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
    """The severity this many steps lower, at least info."""
    return SEVERITIES[max(0, SEVERITIES.index(severity) - steps)]
