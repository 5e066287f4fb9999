"""The sections on sweeps: a sentence for each crossing and for all other pairs, a table and a figure."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from builders import a_group, a_measurement, a_plan, outcomes
from swept_runs import EAGER, TWICE, a_sweep

from bench.analysis.analyse import analyse
from bench.analysis.sweep import THREADS, sweeps
from bench.records.run import Outcome, Plan
from bench.records.store import Store
from bench.report import run as report
from bench.report.sections import sweep as pages

MODES = ("eager", "function", "xla")


def sentences_on(speeds: dict[str, dict[int, float]]) -> list[str]:
    return pages.sentences(analyse(*a_sweep(speeds)))


def built(folder: Path, plan: Plan, records: list[Outcome]) -> str:
    store = Store.create(folder, plan)
    for outcome in records:
        store.keep(outcome)
    return report.build(store).path.read_text()


def test_the_sentence_gives_the_range_the_guess_and_both_ends() -> None:
    assert sentences_on({"xla": {8: 0.5, 64: 2.0}}) == [
        "tutorial_cnn, float32, CPU: **XLA overtakes eager between batch 8 and 64 (about batch 23)**; "
        "at 8: 2.00x slower [1.89, 2.11], at 64: 2.00x [1.89, 2.11]."
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
    picture = (tmp_path / "plots" / "tutorial_cnn-float32-cpu-over-batch-size-times.svg").read_bytes()
    assert picture.startswith(b"<svg ")
    report.build(Store.open(tmp_path))
    assert (tmp_path / "plots" / "tutorial_cnn-float32-cpu-over-batch-size-times.svg").read_bytes() == picture
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
    assert "| **mlp** |" in text
    assert len(list((tmp_path / "plots").glob("*over-batch-size-*.svg"))) == 3  # one on the first screen


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
