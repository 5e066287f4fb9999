"""`explain`: an option that makes no sense is one line, before any code is run."""

import pytest

from bench.commands.explain import explain
from bench.errors import BenchError


@pytest.mark.parametrize("options", [{"lines": -1}, {"time_limit": 0.0}])
def test_a_bad_limit_is_refused(options: dict[str, float]) -> None:
    with pytest.raises(BenchError, match="--lines must be 0 or more and --time-limit more than 0"):
        explain("step", **options)  # type: ignore[arg-type]


def test_a_word_that_names_no_function_is_refused() -> None:
    with pytest.raises(BenchError, match="nonsense"):
        explain("nonsense")
