"""How far a case's first gradients are from its baseline's."""

from dataclasses import replace

import pytest
from builders import an_evidence

from bench.analysis.gradients import FLOORS, most_rounding_units, with_noise_of
from bench.records.proof import GradientSketch

FLOOR = FLOORS["float32", "cpu"]
LARGE = GradientSketch("large", 10.0, (6.0, 8.0), noise=1e-5)
SMALL = GradientSketch("small", 1e-3, (1e-3, 0.0), noise=1e-9)


def test_units_count_by_the_weights_own_noise_and_name_the_worst_weight() -> None:
    further = replace(SMALL, projections=(1e-3, 3e-7))
    weight, units = most_rounding_units((LARGE, further), (LARGE, SMALL), FLOOR)
    unit = 1e-9 + 1e-7 * 1e-3 + 1e-9 * 10.0
    assert (weight, units) == ("small", pytest.approx(3e-7 / 2**0.5 / unit))


def test_a_weight_without_any_gradient_differs_by_nothing_from_itself_and_infinitely_from_another() -> None:
    nothing = GradientSketch("unused", 0.0, (0.0, 0.0), noise=0.0)
    assert most_rounding_units((nothing,), (nothing,), FLOOR) == ("unused", 0.0)
    assert most_rounding_units((SMALL,), (nothing,), FLOOR)[1] == float("inf")


def test_noise_that_another_case_measured_counts_for_the_same_weights_only() -> None:
    plain = an_evidence(gradients=(replace(LARGE, noise=None),))
    measured = an_evidence(gradients=(LARGE,), moved_losses=(2.3,))
    assert with_noise_of(plain, measured) == measured
    assert with_noise_of(plain, replace(measured, weights_digest="others")) == plain
    assert with_noise_of(plain, replace(measured, gradients=(SMALL,))) == plain
