"""What is known so far beyond one function: what functions return, and the values of expressions outside them.

Reach walks the bodies in rounds. A walk that would be given the same answers again need not be repeated, so each walk
keeps what it asked for.
"""

import ast
from dataclasses import dataclass, field
from typing import NamedTuple

from bench.autograph.inference.values import UNKNOWN, Value
from bench.autograph.source.modules import FunctionDefinition


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What the evaluation of a body or an expression asked for, with the answers it got."""

    returns: dict[FunctionDefinition, Value] = field(default_factory=dict)
    outside: dict[ast.expr, Value] = field(default_factory=dict)


class Outside(NamedTuple):
    """The value of an expression outside a function, and what it was computed from."""

    value: Value
    asked: Asked


class KnownValues:
    """The answers of a round.

    Within a round the value of an expression outside the functions stays what it was when first asked for. Where names
    are defined by each other, as locals that a lambda reads, each would otherwise be evaluated once for every path.
    """

    def __init__(self) -> None:
        self.returns: dict[FunctionDefinition, Value] = {}
        self._computed: dict[ast.expr, Outside] = {}  # in any round
        self._answers: dict[ast.expr, Value] = {}  # in this round
        self._pending: set[ast.expr] = set()

    def new_round(self) -> None:
        """Forget the answers of the round before, which were computed from the return values known until then."""
        self._answers.clear()

    def returned(self, function: FunctionDefinition, asked: Asked) -> Value:
        """What a function returns."""
        value = asked.returns[function] = self.returns.get(function, UNKNOWN)
        return value

    def outside(self, node: ast.expr, asked: Asked) -> Value | None:
        """The value of an expression outside the functions; None where it has to be computed."""
        if node in self._pending:
            return UNKNOWN  # its parts refer back to it
        value = self._answer(node)
        if value is not None:
            asked.outside[node] = value
        return value

    def _answer(self, node: ast.expr) -> Value | None:
        if node not in self._answers and node in self._computed and self.same(self._computed[node].asked):
            self._answers[node] = self._computed[node].value
        return self._answers.get(node)

    def begin(self, node: ast.expr) -> None:
        """The value of the expression is about to be computed."""
        self._pending.add(node)

    def end(self, node: ast.expr, computed: Outside) -> None:
        """The value has been computed."""
        self._pending.discard(node)
        self._computed[node] = computed
        self._answers[node] = computed.value

    def same(self, asked: Asked) -> bool:
        """Would the same questions get the same answers now?"""
        try:
            returns = self.returns
            return all(returns.get(function, UNKNOWN) == value for function, value in asked.returns.items()) and all(
                self._answer(node) == value for node, value in asked.outside.items()
            )
        except RecursionError:  # a long chain of names: computing it again stops at a depth of its own
            return False
