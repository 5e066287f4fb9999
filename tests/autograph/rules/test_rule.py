"""The record of a rule."""

import pytest

from bench.autograph.rules.rule import Behaviour, lowered


@pytest.mark.parametrize(
    ("severity", "steps", "lower"), [("error", 0, "error"), ("error", 1, "warning"), ("info", 2, "info")]
)
def test_a_severity_is_lowered_step_by_step_and_never_below_info(severity: str, steps: int, lower: str) -> None:
    assert lowered(severity, steps) == lower


def test_a_behaviour_has_an_outcome_in_each_mode() -> None:
    assert [Behaviour("3", "1", "2").of(mode) for mode in ("eager", "graph", "xla")] == ["3", "1", "2"]
