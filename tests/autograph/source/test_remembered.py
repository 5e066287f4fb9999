"""Methods whose answers are kept."""

from collections.abc import Hashable
from typing import Any

from bench.autograph.source.remembered import remembered


class Counter:
    def __init__(self) -> None:
        self.answers: dict[str, dict[Hashable, Any]] = {}
        self.ran: list[object] = []

    @remembered
    def double(self, number: int) -> int | None:
        """Twice the number."""
        self.ran.append(number)
        return number * 2 or None


def test_a_method_runs_once_for_each_argument_and_object_also_where_it_answers_none() -> None:
    first, second = Counter(), Counter()
    assert [first.double(2), first.double(0), first.double(2), first.double(0), second.double(2)] == [4, None] * 2 + [4]
    assert (first.ran, second.ran) == ([2, 0], [2])
