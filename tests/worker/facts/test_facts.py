"""What a device shows first, by recorded readings, made-up steps and the CPU."""

import pytest


@pytest.mark.parametrize(
    ("seconds", "settled"),
    [
        ([2.0, *[0.01] * 39], 1),
        ([2.0, *[0.05] * 6, *[0.01] * 33], 7),  # autotuning in the first steps
        ([0.01, *[0.03] * 3, *[0.01] * 36], 4),  # one fast step in between is no settling
        ([0.01, 0.02] * 20, 0),  # the median of the second half lies between: all are near, or none is slower
        ([0.001 * n for n in range(40, 0, -1)], None),
    ],
)
def test_steps_have_settled_where_some_in_a_row_are_near_the_later_ones(
    seconds: list[float], settled: int | None
) -> None:
    from bench.worker.facts.pace import settled_after

    assert settled_after(seconds) == settled
