"""`explain`: an option that makes no sense is one line, before any code is run."""

from typing import Any

import pytest

from bench.commands.explain import explain
from bench.errors import BenchError


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"lines": -1}, "--lines must be 0 or more"),
        ({"time_limit": "0s"}, "--time-limit '0s' is not a duration"),
        ({"time_limit": "30"}, "--time-limit 30: the unit is missing; type --time-limit 30s"),
    ],
)
def test_a_bad_limit_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(BenchError, match=said):
        explain("step", **options)


def test_a_word_that_names_no_function_is_refused() -> None:
    with pytest.raises(BenchError, match="nonsense"):
        explain("nonsense")
