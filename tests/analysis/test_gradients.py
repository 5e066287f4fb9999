"""How far a case's first gradients are from its baseline's."""

from dataclasses import replace

import pytest
from builders import a_measurement, a_reached, an_evidence

from bench.analysis.gradients import (
    FLOORS,
    as_compared_with,
    more_than_rounding,
    most_rounding_units,
    noise_in,
    on_another_batch,
    with_noise_of,
)
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


def test_the_moved_training_comes_along_with_the_noise() -> None:
    moved = a_reached(lengths=(0.02,))
    plain = an_evidence(gradients=(replace(LARGE, noise=None),), hyperparameters=(("learning_rate", 0.1),))
    measured = an_evidence(gradients=(LARGE,), moved_losses=(2.3,), moved=moved)
    with_it = with_noise_of(plain, measured)
    assert (with_it.moved, with_it.moved_losses, with_it.gradients) == (moved, (2.3,), (LARGE,))
    assert with_it.hyperparameters == plain.hyperparameters


def test_of_a_baselines_blocks_the_first_that_measured_its_noise_serves_all() -> None:
    plain, first, second = (
        a_measurement(block=block, evidence=an_evidence(moved_losses=losses))
        for block, losses in enumerate([(), (2.3,), (2.4,)])
    )
    assert noise_in([plain, first, second]) == first.evidence
    assert noise_in([plain]) is None
    assert noise_in([]) is None


def test_on_another_batch_a_weight_may_have_turned_relus_where_it_had_any_on_the_first() -> None:
    turned, smooth = replace(LARGE, far_noise=1e-3), replace(SMALL, far_noise=0.0)
    late = (replace(LARGE, norm=20.0, noise=None), replace(SMALL, noise=None))
    noise = an_evidence(gradients=(turned, smooth))
    assert on_another_batch(late, noise) == (
        replace(LARGE, norm=20.0, far_noise=pytest.approx(20.0 * 0.05 / 3)),
        replace(SMALL, far_noise=0.0),
    )
    many = an_evidence(gradients=(replace(LARGE, far_noise=0.4 * 10.0), smooth))
    assert on_another_batch(late, many)[0].far_noise == pytest.approx(0.4 * 20.0)  # as much as on the first
    unmeasured = an_evidence(gradients=(replace(LARGE, noise=None), replace(SMALL, noise=None)))
    assert [sketch.far_noise for sketch in on_another_batch(late, unmeasured)] == [0.0, 0.0]


@pytest.mark.parametrize(("share", "count"), [(0.9, 0), (1.2, 1)])
def test_a_turned_relu_counts_in_a_late_gradient_up_to_its_share_of_the_length(share: float, count: int) -> None:
    floor = replace(FLOOR, length=1.0)
    reference = on_another_batch((LARGE,), an_evidence(gradients=(replace(LARGE, far_noise=1.0),)))
    apart = share * FLOOR.turned * 10.0
    other = replace(LARGE, projections=(6.0 + apart, 8.0 + apart))
    reasons = more_than_rounding((other,), reference, floor, "late")
    assert len(reasons) == count
    assert all(reason.startswith("its late gradient of large") for reason in reasons)


def test_the_length_of_all_gradients_together_is_compared_too() -> None:
    longer = replace(LARGE, norm=10.1)
    (found,) = more_than_rounding((longer, SMALL), (LARGE, SMALL), FLOOR)
    assert found == "its first gradients' length differs by 1.0e-02 (tolerance 5e-03)"
    infinite = replace(LARGE, norm=None, projections=(None, None))
    assert len(more_than_rounding((infinite, SMALL), (LARGE, SMALL), FLOOR)) == 2


@pytest.mark.parametrize(("norm", "count"), [(10.0, 0), (10.001, 1), (20.0, 1)])
def test_without_projections_in_one_of_the_two_lengths_are_compared(norm: float, count: int) -> None:
    """As in all blocks of a run but its first."""
    short = replace(LARGE, norm=norm, projections=())
    for reference in (LARGE, replace(LARGE, projections=())):
        assert len(more_than_rounding((short,), (reference,), replace(FLOOR, length=10.0))) == count


@pytest.mark.parametrize(("times", "count"), [(1.2, 0), (2.9, 0), (3.2, 1)])
def test_another_rounding_may_turn_three_times_as_much_as_the_one_that_was_tried(times: float, count: int) -> None:
    baseline, apart = replace(LARGE, far_noise=0.1), times * 0.1
    other = replace(LARGE, projections=(6.0 + apart, 8.0 + apart))
    assert len(more_than_rounding((other, SMALL), (baseline, SMALL), replace(FLOOR, length=1.0))) == count


@pytest.mark.parametrize("mode", ["jax_jit", "xla", "autocluster"])
def test_what_sums_in_another_order_may_turn_a_maximum_that_the_baselines_own_roundings_leave_alone(mode: str) -> None:
    baseline = an_evidence(gradients=(LARGE, SMALL))
    turned = replace(LARGE, projections=(6.0, 8.0 + 1e-2))  # 7e-4 of the norm, as one maximum was under JAX
    roomy = as_compared_with(baseline, mode, "eager").gradients
    assert more_than_rounding((turned, SMALL), baseline.gradients, FLOOR)
    assert more_than_rounding((turned, SMALL), roomy, FLOOR) == []
    assert as_compared_with(baseline, "eager", mode).gradients == roomy  # a baseline that is compiled itself
    other = replace(LARGE, projections=(6.0, 8.0 + 0.1))
    assert more_than_rounding((other, SMALL), roomy, FLOOR)


@pytest.mark.parametrize(("mode", "baseline"), [("function", "eager"), ("xla", "xla")])
def test_what_sums_in_the_baselines_order_gets_no_such_room(mode: str, baseline: str) -> None:
    evidence = an_evidence(gradients=(LARGE, SMALL))
    assert as_compared_with(evidence, mode, baseline) is evidence
