"""How the spans of a profile add up."""

import pytest

from bench.worker.profiler import covered


@pytest.mark.parametrize(
    ("spans", "seconds"),
    [
        ([], 0.0),
        ([(0.0, 1.0), (2.0, 3.0)], 2.0),
        ([(0.0, 2.0), (1.0, 3.0)], 3.0),  # overlapping
        ([(0.0, 4.0), (1.0, 2.0), (3.0, 5.0)], 5.0),  # one inside another
        ([(2.0, 3.0), (0.0, 1.0)], 2.0),  # in any order
    ],
)
def test_time_covered_by_several_spans_counts_once(spans: list[tuple[float, float]], seconds: float) -> None:
    assert covered(spans) == seconds
