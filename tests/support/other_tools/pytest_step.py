"""The step timed by pytest-benchmark: `STEP=eager pytest pytest_step.py`."""

from typing import Any

from step import ready


def test_step(benchmark: Any) -> None:
    benchmark(ready())
