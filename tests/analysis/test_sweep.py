"""Sweeps: which groups belong together, where two modes change places, what is said of it, and the figure."""

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from builders import a_group, a_measurement, a_plan, outcomes

from bench.analysis.analyse import analyse
from bench.analysis.stats.ratios import Summary
from bench.analysis.sweep import (
    BATCH_SIZES,
    THREADS,
    Crossing,
    RatioAtSize,
    crossing_size,
    crossings,
    pairs,
    rises_through_one,
    sweeps,
)
from bench.records.case import Case
from bench.records.run import Outcome, Plan
from bench.records.store import Store
from bench.report import run as report
from bench.report.sections import sweep as pages

MODES = ("eager", "function", "xla")
EAGER = {8: 0.01, 64: 0.02, 512: 0.08}
TWICE = {8: 2.0, 64: 2.0, 512: 2.0}


def a_sweep(speeds: dict[str, dict[int, float]], blocks: int = 6, **fixed: object) -> tuple[Plan, list[Outcome]]:
    """A plan over batch sizes and its outcomes, with each mode so many times as fast as eager at each size."""
    cases: list[Case] = []
    records: list[Outcome] = []
    for size in next(iter(speeds.values())):
        workload = replace(a_group()[0].workload, batch_size=size, **fixed)  # type: ignore[arg-type]
        group = tuple(replace(case, workload=workload) for case in a_group(("eager", *speeds)))
        steps = {"eager": EAGER[size], "eager-again": EAGER[size]}
        steps |= {mode: EAGER[size] / by_size[size] for mode, by_size in speeds.items()}
        records += outcomes(a_plan(group), steps, blocks)
        cases += group
    return a_plan(tuple(cases)), records


def crossings_in(speeds: dict[str, dict[int, float]], blocks: int = 6) -> list[Crossing]:
    (sweep,) = sweeps(analyse(*a_sweep(speeds, blocks)), BATCH_SIZES)
    return crossings(sweep)


def sentences_on(speeds: dict[str, dict[int, float]]) -> list[str]:
    return pages.sentences(analyse(*a_sweep(speeds)))


def built(folder: Path, plan: Plan, records: list[Outcome]) -> str:
    store = Store.create(folder, plan)
    for outcome in records:
        store.keep(outcome)
    return report.build(store).path.read_text()


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


def test_the_sentence_gives_the_range_the_guess_and_both_ends() -> None:
    assert sentences_on({"xla": {8: 0.5, 64: 2.0}}) == [
        "tutorial_cnn, float32, CPU: **XLA overtakes eager between batch 8 and 64 (about batch 23)**; "
        "at 8 it is 0.500x [0.499, 0.501] as fast, at 64 2.00x [1.99, 2.01]."
    ]


def test_pairs_that_do_not_cross_share_one_sentence() -> None:
    first, rest = sentences_on({"function": {8: 0.8, 64: 0.8}, "xla": {8: 0.5, 64: 0.9}})
    assert "**XLA overtakes tf.function between batch 8 and 64" in first
    assert rest.endswith(
        ": otherwise the order against eager is the same at every batch size measured (8, 64), wherever it is certain."
    )


def test_what_was_never_certain_is_not_called_the_same() -> None:
    (said,) = sentences_on({"function": {8: 1.0, 64: 1.0}})
    assert said.endswith(": too little is certain to say whether the order against eager changes.")


def test_an_uncertain_end_is_named_and_the_claim_withdrawn() -> None:
    plan, records = a_sweep({"xla": {8: 0.5, 64: 1.01}})
    unsure = [
        Outcome(measurement=a_measurement(o.case, o.block, EAGER[64] * (0.7 if o.block % 2 else 1.4)))
        if (o.case.mode, o.case.workload.batch_size) == ("xla", 64)
        else o
        for o in records
    ]
    text = "\n".join(pages.sentences(analyse(plan, unsure)))
    assert "**XLA seems to overtake eager between batch 8 and 64" in text
    assert text.count("(not certain)") == 1


def test_where_nothing_crosses_one_sentence_says_so() -> None:
    (said,) = sentences_on({"function": TWICE, "xla": {8: 0.5, 64: 0.5, 512: 0.5}})
    assert said == (
        "tutorial_cnn, float32, CPU: the order against eager and against tf.function is the same at every batch size "
        "measured (8, 64, 512), wherever it is certain."
    )


def test_the_section_has_one_figure_and_a_row_for_each_mode_and_size(tmp_path: Path) -> None:
    text = built(tmp_path, *a_sweep({"function": TWICE, "xla": {8: 0.5, 64: 2.0, 512: 2.0}}))
    section = text.split("## Over batch sizes (synthetic images)")[1].split("\n## ")[0]
    assert section.count("![") == 1
    assert "An indication" not in section
    picture = (tmp_path / "plots" / "tutorial_cnn-float32-cpu-over-batch-size.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    report.build(Store.open(tmp_path))
    assert (tmp_path / "plots" / "tutorial_cnn-float32-cpu-over-batch-size.png").read_bytes() == picture
    table = pd.read_csv(tmp_path / "tables" / "sweep.csv")
    assert list(zip(table["mode"], table["size"], strict=True)) == [
        (mode, size) for mode in MODES for size in (8, 64, 512)
    ]
    assert (table.image_s * table["size"]).tolist() == pytest.approx(table.step_s.tolist())


def test_without_a_sweep_there_is_no_section(tmp_path: Path) -> None:
    assert "## Over" not in built(tmp_path / "one", *a_sweep({"function": {64: 2.0}}))
    assert not (tmp_path / "one" / "tables" / "sweep.csv").exists()
    plan, records = a_sweep({"function": {8: 2.0}})
    other, more = a_sweep({"function": {64: 2.0}}, model="mlp")
    assert "## Over" not in built(tmp_path / "two", a_plan((*plan.cases, *other.cases)), records + more)


def test_models_that_were_swept_together_have_a_figure_each(tmp_path: Path) -> None:
    plan, records = a_sweep({"function": TWICE})
    other, more = a_sweep({"function": TWICE}, model="mlp")
    text = built(tmp_path, a_plan((*plan.cases, *other.cases)), records + more)
    assert "| mlp, float32, CPU | tf.function | 64 |" in text
    assert len(list((tmp_path / "plots").glob("*over-batch-size.png"))) == 2


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


def test_several_steps_a_call_are_lines_of_their_own(tmp_path: Path) -> None:
    loops = [
        replace(case, workload=replace(case.workload, batch_size=size), steps_per_call=calls)
        for size in (8, 64)
        for case in a_group(("eager", "function_loop"))
        for calls in ((0, 10) if case.mode == "function_loop" else (0,))
    ]
    plan = a_plan(tuple(loops))
    steps = {"eager": 0.02, "eager-again": 0.02, "function_loop": 0.01, "function_loop-k10": 0.012}
    text = built(tmp_path, plan, outcomes(plan, steps))
    assert "| tf.function loop, 10 a call | 64 |" in text


def test_threads_make_a_section_of_their_own_in_which_tensorflows_choice_has_no_place(tmp_path: Path) -> None:
    cases = [replace(case, threads=threads) for threads in (0, 1, 2) for case in a_group(("eager", "function"))]
    plan = a_plan(tuple(cases))
    records = outcomes(plan, {"eager": 0.02, "eager-again": 0.02, "function": 0.01})
    (sweep,) = sweeps(analyse(plan, records), THREADS)
    assert (sweep.sizes, sweep.title) == ((1, 2), "tutorial_cnn, batch 64, float32, CPU")
    text = built(tmp_path, plan, records)
    assert "## Over threads" in text
    assert "the same at every number of threads measured (1, 2)" in text
    assert "## Over batch sizes" not in text
