"""Axes: places of values, round ticks, labels of ratios, names that are moved apart."""

from itertools import pairwise

import pytest

from bench.report.plots.axes import Scale, apart, even_ticks, log_ticks, ratio_label, ratio_ticks


def test_twice_and_half_as_fast_are_equally_far_from_1() -> None:
    axis = Scale(0.25, 4, 0, 100, log=True)
    assert axis.at(1) == pytest.approx(50)
    assert axis.at(2) - axis.at(1) == pytest.approx(axis.at(1) - axis.at(0.5))


def test_a_value_beyond_an_end_lies_on_the_end() -> None:
    axis = Scale(0, 10, 100, 0)
    assert (axis.at(-5), axis.at(15), axis.at(5)) == (100, 0, 50)


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0, 60, [0, 10, 20, 30, 40, 50, 60]), (0, 1.1, [0, 0.2, 0.4, 0.6, 0.8, 1]), (71, 73, [71, 71.5, 72, 72.5, 73])],
)
def test_even_ticks_are_round(low: float, high: float, ticks: list[float]) -> None:
    assert even_ticks(low, high) == pytest.approx(ticks)


def test_log_ticks_are_1_2_and_5_and_never_too_few_to_read() -> None:
    assert log_ticks(1, 60) == [1, 2, 5, 10, 20, 50]
    assert len(log_ticks(26, 53)) > 2


def test_1_is_always_among_the_ticks_of_ratios() -> None:
    assert ratio_ticks(0.5, 2.2) == pytest.approx([0.5, 1 / 1.5, 1, 1.5, 2])
    assert 1.0 in ratio_ticks(0.96, 1.04)


def test_a_ratio_is_labelled_in_words() -> None:
    labels = [ratio_label(ratio, "eager") for ratio in (0.5, 1.0, 1.5)]
    assert labels == ["2x slower", "1x = eager", "1.5x"]


def test_names_move_apart_and_stay_in_order_and_inside() -> None:
    moved = apart([10, 11, 50], 14, 0, 60)
    assert moved[0] < moved[1] < moved[2]
    assert min(b - a for a, b in pairwise(moved)) >= 14
    assert apart([58, 59], 14, 0, 60) == [46, 60]
