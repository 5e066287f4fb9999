"""The table of what was compared from the first update to the last."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from builders import (
    CALLS,
    a_case,
    a_full_measurement,
    a_group,
    a_late,
    a_plan,
    a_reached,
    a_repeated,
    a_replay,
    an_update,
    outcomes,
)
from built_reports import STEPS, built

from bench.analysis.analyse import analyse
from bench.records.proof import Calls, GradientSketch
from bench.records.run import Outcome, Plan
from bench.report.form.document import Table
from bench.report.sections import later_updates
from bench.report.sections.later_updates import calls_in_words


def full(plan: Plan | None = None, arm: str = "", **changes: Any) -> list[Outcome]:
    """Two blocks with the evidence of every update; `changes` of the proof of this arm's in the second."""
    return [
        Outcome(
            measurement=a_full_measurement(
                case, block, STEPS[case.arm], **(changes if case.arm == arm and block else {})
            )
        )
        for block in range(2)
        for case in (plan or a_plan()).cases
    ]


def cells(records: list[Outcome], plan: Plan | None = None) -> dict[str, dict[str, str]]:
    """By the mode's title, the table's cells by their titles."""
    table, _ = later_updates.parts(analyse(plan or a_plan(), records))
    assert isinstance(table, Table)
    titles = [column.title for column in table.columns]
    return {(row := dict(zip(titles, each, strict=True)))["mode"]: row for each in table.cells()}


def test_a_run_of_an_older_version_has_no_such_part() -> None:
    assert later_updates.parts(analyse(a_plan(), outcomes(a_plan(), STEPS))) == ()
    assert later_updates.parts(analyse(a_plan(), [])) == ()


def test_a_sound_run_shows_that_nothing_differs_and_what_each_step_calls() -> None:
    rows = cells(full())
    assert len(rows) == 5  # the A/A control's too
    assert rows["tf.function"] == {
        "mode": "tf.function",
        "updates taken again": "20, all bits the same",
        "after 10 updates by": "0",
        "after 40 updates by": "–",  # none was taken so far
        "update against float64 (rounding units)": "3.0",
        "a step calls": "1 graph",
    }
    assert [row["a step calls"] for row in rows.values()][0::2] == ["63 ops", "–", "1 graph, compiled by XLA"]


def test_each_column_shows_the_largest_of_all_blocks() -> None:
    replay = a_replay(first=a_repeated(whole=1e-6, loss=3e-6), slice=a_repeated(30, whole=2e-6))
    records = full(
        arm="xla",
        replay=replay,
        reached=(a_reached(lengths=(0.01001,)), a_reached(40)),
        late=a_late(updated=an_update(14, off=7.26)),
    )
    row = cells(records)["XLA"]
    assert row["updates taken again"] == "30, differ by 3.0e-06"
    assert row["after 10 updates by"] == "1.0e-03"
    assert row["update against float64 (rounding units)"] == "7.3"


def test_a_mark_is_compared_with_the_baselines_in_the_same_block() -> None:
    records = full(arm="eager", reached=(a_reached(lengths=(0.0101,)),))
    assert cells(records)["XLA"]["after 10 updates by"] == f"{1e-4 / 0.0101:.1e}"
    assert cells(records)["eager"]["after 10 updates by"] == "0"


def test_a_weight_of_nothing_but_rounding_is_left_out_by_the_noise_of_any_block() -> None:
    records = full(arm="xla", reached=(a_reached(lengths=(0.02,)),))
    sketch = GradientSketch("kernel", 1.0, (0.5, -0.5), noise=1.0)
    first = records[0].measurement
    assert first
    noisy = replace(first, evidence=replace(first.evidence, gradients=(sketch,), moved_losses=(2.3,)))
    assert cells(records)["XLA"]["after 10 updates by"] == "1.0e+00"
    assert cells([Outcome(measurement=noisy), *records[1:]])["XLA"]["after 10 updates by"] == "0"


def test_what_nobody_looked_at_is_a_dash() -> None:
    bare = a_full_measurement(a_case("function"), calls=None, late=None, reached=())
    bare = replace(bare, evidence=replace(bare.evidence, updated=()))  # as of an optimizer that is not Adam
    records = [Outcome(measurement=m) for m in (a_full_measurement(), bare)]
    row = cells(records)["tf.function"]
    assert [row[title] for title in row if title != "mode"][1:] == ["–", "–", "–", "–"]


def test_a_case_without_a_baseline_and_one_block_of_an_older_version_still_have_their_row() -> None:
    alone = [o for o in full() if o.case.arm == "xla"]
    assert cells(alone)["XLA"]["after 10 updates by"] == "–"
    mixed = [*outcomes(a_plan(), STEPS, blocks=1), *(o for o in full() if o.block == 1)]
    assert cells(mixed)["XLA"]["updates taken again"] == "20, all bits the same"


def test_a_run_of_several_workloads_names_them() -> None:
    larger = tuple(replace(case, workload=replace(case.workload, batch_size=8)) for case in a_group())
    plan = a_plan((*a_group(), *larger))
    table, _ = later_updates.parts(analyse(plan, full(plan)))
    assert isinstance(table, Table)
    assert [number for number in range(10) if table.heading(number)] == [0, 5]
    assert len(table.rows) == 10


@pytest.mark.parametrize(
    ("calls", "words"),
    [
        (None, "–"),
        (Calls(0, 0, ()), "–"),
        (Calls(63, 11, ()), "63 ops"),
        (Calls(0, 0, ("step",)), "1 graph"),
        (Calls(2, 0, ("step",)), "1 graph"),  # Keras' own, which change nothing
        (Calls(63, 11, ("block", "block")), "63 ops, 2 graphs"),
        (Calls(0, 0, ("step",), ("step",)), "1 graph, compiled by XLA"),
        (Calls(3, 0, ()), "3 ops"),
    ],
)
def test_what_a_step_calls_in_words(calls: Calls | None, words: str) -> None:
    assert calls_in_words(calls) == words


def test_the_part_stands_in_the_report_and_its_numbers_in_a_table(tmp_path: Path) -> None:
    text = built(tmp_path, full()).path.read_text()
    assert "Work is compared to the end." in text
    table = pd.read_csv(tmp_path / "tables" / "later_updates.csv").set_index("mode")
    assert table.loc["xla", "replay_difference"] == 0
    assert table.loc["xla", "replayed"] == 20
    assert set(table.loc["eager", "calls"]) == {"63 ops"}
    assert set(CALLS) >= set(table.index)
