"""How far a case's weights have come after some updates, compared with its baseline's: judged from records alone."""

import math
from dataclasses import replace
from typing import Any

import pytest
from builders import a_case, a_full_measurement, a_reached

from bench.analysis.reached import MOST_APART, apart_after, other_reach
from bench.records.proof import GradientSketch, Reached
from bench.records.run import Measurement

BASELINE = a_full_measurement()
PLAIN = BASELINE.evidence  # without any measured noise


def reached(*marks: Reached, mode: str = "function", **changes: Any) -> Measurement:
    return a_full_measurement(a_case(mode), reached=marks, **changes)


def with_noise(far: float, noise: float = 1e-6) -> Any:
    """Where a rounding drives the baseline itself that far (relatively) from where it came by the first mark."""
    moved = a_reached(lengths=(0.01 * (1 + far),))
    sketch = GradientSketch("kernel", 1.0, (0.5, -0.5), noise=noise)
    return replace(PLAIN, gradients=(sketch,), moved=moved, moved_losses=(2.3,))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"lengths": (0.01003,)}, "after 10 updates its weights have come another way, by 3.0e-03 (tolerance 2e-03)"),
        ({"averages": (0.21,)}, "after 10 updates a weight or a moving average has come another way, by 5.0e-02"),
        ({"averages": (0.0,)}, "a moving average has come another way, by 1.0e+00"),
        ({"projections": ((-0.006, 0.008),)}, "after 10 updates a weight has gone in another direction, by 1.4e+00"),
        ({"last_loss": 1.92}, "after 10 updates its loss differs, by 1.1e-02 (tolerance 5e-03)"),
        ({"lengths": (None,)}, "its weights have come another way, by inf"),
        ({"projections": ((None, None),)}, "another direction, by inf"),
        ({"projections": ((0.006,),)}, "another direction, by inf"),
    ],
)
def test_a_training_that_has_come_elsewhere_is_named_once_a_mark(changes: dict[str, Any], reason: str) -> None:
    (found,) = other_reach(reached(a_reached(**changes)), BASELINE, with_noise(0.0))
    assert reason in found


@pytest.mark.parametrize(
    "changes",
    [
        {"lengths": (0.01001,)},
        {"averages": (0.205,)},
        {"projections": ((0.007, -0.007),)},
        {"last_loss": 1.905},
        {"last_loss": None},
    ],
)
def test_rounding_after_ten_updates_is_no_reason(changes: dict[str, Any]) -> None:
    assert other_reach(reached(a_reached(**changes)), BASELINE, with_noise(0.0)) == []


def test_only_equal_counts_of_updates_are_compared() -> None:
    elsewhere = a_reached(11, lengths=(5.0,))
    assert other_reach(reached(elsewhere), BASELINE, PLAIN) == []
    assert len(other_reach(reached(replace(elsewhere, updates=13)), BASELINE, PLAIN)) == 1
    assert apart_after(11, reached(elsewhere), BASELINE, None) is None


def test_every_mark_that_differs_is_named() -> None:
    both = reached(a_reached(lengths=(1.0,)), a_reached(13, lengths=(1.0,)))
    assert [found[:17] for found in other_reach(both, BASELINE, PLAIN)] == [
        "after 10 updates ",
        "after 13 updates ",
    ]


def test_after_the_first_mark_more_may_differ_and_after_the_last_anything() -> None:
    def count(updates: int, share: float) -> int:
        baseline = reached(*(a_reached(each) for each in {10, updates}), mode="eager")
        m = reached(a_reached(updates, lengths=(0.01 * (1 + share),)))
        return len(other_reach(m, baseline, with_noise(0.0)))

    assert [count(updates, 5e-3) for updates in (8, 10, 11, 40, 41)] == [1, 1, 0, 0, 0]
    assert [count(updates, 5e-2) for updates in (10, 40, 41)] == [1, 1, 0]
    assert [mark for mark, _ in MOST_APART] == [10, 40]


@pytest.mark.parametrize(("share", "count"), [(0.035, 0), (0.04, 1)])
def test_the_whole_change_may_differ_by_what_its_weights_do_though_a_draw_left_their_sum_alone(
    share: float, count: int
) -> None:
    """Of sixteen weights a rounding drove half a hundredth further, and half as much less far: by chance 0.0025."""
    sketch, there = GradientSketch("kernel", 1.0, (0.5, -0.5), noise=1e-6), ((0.01, 0.0),) * 16
    drawn = tuple(0.01 * math.sqrt(1 + by) for by in (0.02, -0.02) * 8)
    moved = a_reached(lengths=drawn, projections=((1.0, 0.0),) * 16)
    noise = replace(PLAIN, gradients=(sketch,) * 16, moved=moved, moved_losses=(2.3,))
    baseline = reached(a_reached(lengths=(0.01,) * 16, projections=there), mode="eager")
    m = reached(a_reached(lengths=(0.01 * (1 + share),) * 16, projections=there))
    found = other_reach(m, baseline, noise)
    assert ["its weights have come another way" in text for text in found] == [True] * count


@pytest.mark.parametrize(("share", "count"), [(0.04, 0), (0.06, 1)])
def test_a_case_may_differ_five_times_as_far_as_a_rounding_drives_the_baseline(share: float, count: int) -> None:
    m = reached(a_reached(lengths=(0.01 * (1 + share),)))
    assert len(other_reach(m, BASELINE, with_noise(0.01))) == count
    assert len(other_reach(m, BASELINE, PLAIN)) == 1


@pytest.mark.parametrize(("share", "count"), [(0.14, 0), (0.16, 1)])
def test_a_mode_that_sums_in_another_order_may_differ_three_times_as_far_again(share: float, count: int) -> None:
    """ResNet-9 at batch 6: a rounding drove a weight of eager 8e-3 apart, Keras' fit under XLA came out at 4.1e-2."""
    m = reached(a_reached(lengths=(0.01 * (1 + share),)), mode="xla")
    assert len(other_reach(m, BASELINE, with_noise(0.01))) == count


@pytest.mark.parametrize(("mode", "share", "count"), [("function", 0.06, 1), ("xla", 0.06, 0), ("xla", 0.1, 1)])
def test_so_it_may_where_a_rounding_drives_the_baseline_less_far(mode: str, share: float, count: int) -> None:
    """One ReLU that turned around made 0.44 of a weight of ResNet-9, where one draw of roundings turned none."""
    m = reached(a_reached(averages=(0.2 * (1 + share),)), mode=mode)
    assert len(other_reach(m, BASELINE, with_noise(0.006))) == count


def test_but_not_where_a_rounding_drives_the_baseline_nowhere() -> None:
    """Under XLA, too, an MLP whose batches 5 to 7 were reversed is told from an honest one by its way alone."""
    m = reached(a_reached(averages=(0.2 * 1.06,)), mode="xla")
    assert len(other_reach(m, BASELINE, with_noise(0.004))) == 1


@pytest.mark.parametrize(("mode", "share", "count"), [("function", 0.01, 1), ("xla", 0.04, 0), ("xla", 0.06, 1)])
def test_and_its_loss_ten_times_as_far(mode: str, share: float, count: int) -> None:
    m = reached(a_reached(last_loss=1.9 * (1 + share)), mode=mode)
    baseline = reached(a_reached(last_loss=1.9), mode="eager")
    assert len(other_reach(m, baseline, with_noise(0.006))) == count


@pytest.mark.parametrize(("apart", "share", "count"), [(0.0, 0.01, 1), (1e-7, 0.04, 0), (1e-7, 0.06, 1)])
def test_what_sums_in_another_order_is_seen_in_the_bits_of_the_first_gradients(
    apart: float, share: float, count: int
) -> None:
    """ResNet-9 at batch 8: Keras' fit, whose first gradients are 1e-7 apart, had a weight 0.36 and the loss 0.022."""
    m = reached(a_reached(last_loss=1.9 * (1 + share)), mode="keras_fit")
    sketches = [replace(each, norm=(each.norm or 0.0) * (1 + apart)) for each in m.evidence.gradients]
    m = replace(m, evidence=replace(m.evidence, gradients=tuple(sketches)))
    baseline = reached(a_reached(last_loss=1.9), mode="eager")
    assert len(other_reach(m, baseline, with_noise(0.006))) == count


@pytest.mark.parametrize(("share", "count"), [(0.14, 0), (0.16, 1)])
def test_a_loss_may_differ_three_times_as_far_again(share: float, count: int) -> None:
    """It is a single number, which one draw of roundings may happen to leave alone."""
    noise = replace(with_noise(0.0), moved=a_reached(last_loss=1.9 * 1.01))
    m = reached(a_reached(last_loss=1.9 * (1 + share)))
    assert len(other_reach(m, reached(a_reached(last_loss=1.9), mode="eager"), noise)) == count


def test_at_the_second_mark_the_noise_of_the_first_has_grown() -> None:
    baseline = reached(a_reached(), a_reached(40), mode="eager")
    for share, count in ((0.2, 0), (0.3, 1)):
        m = reached(a_reached(), a_reached(40, lengths=(0.01 * (1 + share),)))
        assert len(other_reach(m, baseline, with_noise(0.01))) == count


NOT_FINITE = a_reached(lengths=(None,), projections=((None, None),))


@pytest.mark.parametrize("moved", [None, NOT_FINITE, a_reached(11)])
def test_where_no_noise_is_known_only_the_length_of_the_whole_change_counts_and_five_times_as_much(moved: Any) -> None:
    noise = replace(with_noise(0.0), moved=moved)
    for share, count in ((9e-3, 0), (1.1e-2, 1)):
        m = reached(
            a_reached(lengths=(0.01 * (1 + share),), averages=(9.0,), projections=((-1.0, 1.0),), last_loss=9.0)
        )
        assert len(other_reach(m, BASELINE, noise)) == count


def test_a_weight_whose_gradient_is_nothing_but_rounding_may_go_anywhere() -> None:
    """Adam makes whole steps of it."""
    kernel, bias = GradientSketch("kernel", 1.0, (0.5,), noise=1e-6), GradientSketch("bias", 1e-8, (0.1,), noise=1e-9)
    noise = replace(PLAIN, gradients=(kernel, bias))
    two = a_reached(lengths=(0.01, 0.01), projections=((0.01,), (0.01,)))
    baseline = reached(two, mode="eager")
    elsewhere = reached(replace(two, lengths=(0.01, 0.5), projections=((0.01,), (-9.0,))))
    assert other_reach(elsewhere, baseline, noise) == []
    certain = replace(noise, gradients=(kernel, replace(bias, noise=1e-11)))
    assert len(other_reach(elsewhere, baseline, certain)) == 1


def test_where_all_gradients_are_rounding_the_moving_averages_are_still_compared() -> None:
    noise = with_noise(0.0, noise=1.0)
    assert other_reach(reached(a_reached(lengths=(5.0,))), BASELINE, noise) == []
    assert len(other_reach(reached(a_reached(averages=(5.0,))), BASELINE, noise)) == 1


def test_a_model_without_moving_averages_or_directions_is_compared_by_lengths() -> None:
    bare = a_reached(averages=(), projections=())
    baseline = reached(bare, mode="eager")
    assert other_reach(reached(bare), baseline, PLAIN) == []
    assert len(other_reach(reached(replace(bare, lengths=(0.02,))), baseline, PLAIN)) == 1


def test_weights_that_never_move_are_alike_and_one_that_moves_is_not() -> None:
    still = a_reached(lengths=(0.0,), projections=((0.0, 0.0),))
    baseline = reached(still, mode="eager")
    assert other_reach(reached(still), baseline, PLAIN) == []
    assert len(other_reach(reached(a_reached()), baseline, PLAIN)) == 1


def test_how_far_apart_two_cases_are_is_told_for_a_count_of_updates() -> None:
    m = reached(a_reached(lengths=(0.0101,), last_loss=1.9019))
    apart = apart_after(10, m, BASELINE, None)
    assert apart
    assert (apart.whole, apart.length, apart.loss) == (pytest.approx(0.01), pytest.approx(0.01), pytest.approx(1e-3))
