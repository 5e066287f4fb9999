"""Sweeps: which groups belong together, which pairs are compared, and where one mode overtakes another."""

import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
from builders import a_group, a_plan, outcomes
from swept_runs import EAGER, TWICE, a_sweep

from bench.analysis.analyse import analyse
from bench.analysis.stats.ratios import Summary
from bench.analysis.sweep import (
    BATCH_SIZES,
    Crossing,
    RatioAtSize,
    crossing_size,
    crossings,
    pairs,
    rises_through_one,
    sweeps,
)
from bench.records.run import Outcome


def crossings_in(speeds: dict[str, dict[int, float]], blocks: int = 6) -> list[Crossing]:
    (sweep,) = sweeps(analyse(*a_sweep(speeds, blocks)), BATCH_SIZES)
    return crossings(sweep)


def a_ratio(size: int, ratio: float, certain: bool = True) -> RatioAtSize:
    reach = 1.01 if certain else 2.0
    return RatioAtSize(size, Summary(ratio, ratio / reach, ratio * reach, 6), certain)


def ends(found: Sequence[RatioAtSize]) -> list[tuple[int, int]]:
    return [(low.size, high.size) for low, high, _ in rises_through_one(found)]


def test_the_crossing_lies_on_a_straight_line_of_logarithms() -> None:
    assert crossing_size(a_ratio(8, 0.5), a_ratio(128, 2.0)) == pytest.approx(32)
    assert crossing_size(a_ratio(10, 1 / 2), a_ratio(1000, 8.0)) == pytest.approx(10 ** (1 + 2 / 4))
    assert crossing_size(a_ratio(1, 0.999), a_ratio(1000, 8.0)) == pytest.approx(1, abs=0.01)


def test_two_certain_neighbours_of_opposite_order_are_a_crossing() -> None:
    ((low, high, about),) = rises_through_one([a_ratio(8, 0.5), a_ratio(64, 2.0), a_ratio(512, 3.0)])
    assert (low.size, high.size) == (8, 64)
    assert about == pytest.approx(math.sqrt(8 * 64))


def test_a_fall_is_a_rise_of_the_other_mode() -> None:
    assert ends([a_ratio(8, 2.0), a_ratio(64, 0.5)]) == []
    assert ends([a_ratio(8, 0.5), a_ratio(64, 2.0), a_ratio(512, 0.5), a_ratio(1024, 2.0)]) == [(8, 64), (512, 1024)]


def test_an_uncertain_size_in_between_widens_the_range_and_still_guides_the_guess() -> None:
    ((low, high, about),) = rises_through_one([a_ratio(8, 0.5), a_ratio(64, 1.1, certain=False), a_ratio(512, 2.0)])
    assert (low.size, high.size) == (8, 512)
    assert about is not None
    assert 8 < about < 64


def test_where_uncertain_centres_cross_to_and_fro_no_size_is_guessed() -> None:
    wavering = [a_ratio(16, 1.05, certain=False), a_ratio(32, 0.95, certain=False)]
    ((_, _, about),) = rises_through_one([a_ratio(8, 0.5), *wavering, a_ratio(64, 2.0)])
    assert about is None


def test_one_certain_end_makes_it_seem_so() -> None:
    ((low, high, _),) = rises_through_one(
        [a_ratio(8, 0.5), a_ratio(64, 0.9, certain=False), a_ratio(512, 1.1, certain=False)]
    )
    assert (low.size, low.certain, high.size, high.certain) == (8, True, 512, False)
    ((low, high, _),) = rises_through_one(
        [a_ratio(8, 0.9, certain=False), a_ratio(64, 1.1, certain=False), a_ratio(512, 2.0)]
    )
    assert (low.size, low.certain, high.size, high.certain) == (8, False, 512, True)


def test_noise_makes_no_crossing() -> None:
    assert rises_through_one([a_ratio(8, 0.99, certain=False), a_ratio(64, 1.01, certain=False)]) == []
    assert ends([a_ratio(8, 0.5), a_ratio(64, 1.01, certain=False), a_ratio(512, 0.5)]) == []
    assert rises_through_one([]) == []


def test_planted_ratios_cross_where_they_were_planted() -> None:
    (found,) = crossings_in({"xla": {8: 0.5, 64: 2.0, 512: 2.0}})
    assert (found.ahead, found.behind, found.certain) == ("XLA", "eager", True)
    assert found.about == pytest.approx(math.sqrt(8 * 64), rel=0.01)


def test_modes_are_compared_with_the_baseline_and_with_tf_function() -> None:
    found = crossings_in({"graph": TWICE, "function": {8: 3.0, 64: 3.0, 512: 1.5}, "xla": {8: 0.5, 64: 0.5, 512: 4.0}})
    assert [(each.ahead, each.behind, each.low.size, each.high.size) for each in found] == [
        ("XLA", "eager", 64, 512),
        ("TF1 graph", "tf.function", 64, 512),
        ("XLA", "tf.function", 64, 512),
    ]


def test_no_pair_is_compared_twice_though_tf_function_is_the_baseline() -> None:
    plan = a_plan(tuple(replace(c, workload=replace(c.workload, batch_size=b)) for b in (8, 64)
                        for c in a_group(("function", "graph", "xla"))))  # fmt: skip
    records = outcomes(plan, {"function": 0.01, "function-again": 0.01, "graph": 0.02, "xla": 0.03})
    (sweep,) = sweeps(analyse(plan, records), BATCH_SIZES)
    assert pairs(sweep) == [("function", "graph"), ("function", "xla")]


def test_a_difference_inside_the_noise_floor_is_not_certain() -> None:
    plan, records = a_sweep({"function": {8: 0.5, 64: 1.2}})
    slow = {"eager": EAGER[64], "eager-again": EAGER[64] * 1.5, "function": EAGER[64] / 1.2}
    others = [outcome for outcome in records if outcome.case.workload.batch_size == 8]
    at_64 = tuple(case for case in plan.cases if case.workload.batch_size == 64)
    (sweep,) = sweeps(analyse(plan, others + outcomes(a_plan(at_64), slow)), BATCH_SIZES)
    (found,) = crossings(sweep)
    assert (found.low.certain, found.high.certain) == (True, False)


def test_a_single_block_makes_nothing_certain() -> None:
    assert crossings_in({"function": {8: 0.5, 64: 2.0}}, blocks=1) == []


def test_an_invalid_case_is_left_out_and_a_size_without_a_valid_case_is_no_size() -> None:
    plan, records = a_sweep({"function": TWICE, "xla": TWICE})
    nan = [
        Outcome(measurement=replace(o.measurement, last_loss=None))
        if o.measurement and (o.case.mode == "xla" or o.case.workload.batch_size == 512)
        else o
        for o in records
    ]
    (sweep,) = sweeps(analyse(plan, nan), BATCH_SIZES)
    assert sweep.sizes == (8, 64)
    assert list(sweep.results_by_arm) == ["eager", "function"]
