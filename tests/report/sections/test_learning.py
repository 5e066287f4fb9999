"""What the report says of trainings over modes and seeds, and no more than their seeds support."""

from dataclasses import replace
from pathlib import Path

import pytest
from builders import an_accuracy_plan
from trainings import kept_trainings

from bench.analysis.learning import Learning, TrainingResult
from bench.report.form.document import number_of
from bench.report.sections import learning as section
from bench.report.sections import learning_tables

TWO_MODES = an_accuracy_plan(("eager", "xla"))


@pytest.fixture(scope="module")
def learning(tmp_path_factory: pytest.TempPathFactory) -> Learning:
    return kept_trainings(tmp_path_factory.mktemp("accuracy") / "sound", an_accuracy_plan())


def test_modes_that_are_the_same_are_named_with_the_margin_first(learning: Learning) -> None:
    on_accuracy, on_time = section.sentences(learning)
    assert on_accuracy.startswith(
        "eager reaches 73.16% ± 0.17 test accuracy after 300 steps (5 seeds); **TF1 graph, tf.function and XLA"
    )
    assert "1.57x [1.57, 1.57]" in on_time


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("nan", "xla, seed 1, **broke off** after step 100: the loss became nan"),
        ("flat", "xla, seed 1, **learned nothing**: 10.0% (chance is 10 %)"),
    ],
)
def test_a_training_that_fails_has_a_line_and_its_mode_no_claim(tmp_path: Path, fault: str, said: str) -> None:
    learning = kept_trainings(tmp_path / "a", an_accuracy_plan(("eager", "xla"), seeds=2), {"xla-s1": fault})
    assert section.alarms(learning)[0].startswith(said)
    assert [row["verdict"] for row in learning_tables.table(learning).rows] == ["baseline", "FAILED"]
    assert "**XLA** failed in 1 of 2 seeds, so nothing is claimed of it" in section.sentences(learning)[0]


def test_of_seeds_that_survive_a_failure_nothing_is_claimed(tmp_path: Path) -> None:
    """Four of five seeds would have been called the same."""
    learning = kept_trainings(tmp_path / "a", TWO_MODES, {"xla-s4": "nan"})
    assert learning.modes[1].difference
    assert learning.modes[1].difference.same
    assert "the same" not in section.sentences(learning)[0]
    assert len(section.sentences(learning)) == 1


def test_nothing_is_claimed_where_the_baseline_failed(tmp_path: Path) -> None:
    learning = kept_trainings(tmp_path / "b", an_accuracy_plan(("eager", "xla"), seeds=2), {"eager-s0": "nan"})
    assert section.sentences(learning)[0] == "eager, the baseline, failed in 1 of 2 seeds: nothing is claimed."


def test_a_mode_that_cannot_train_is_not_applicable_with_its_reason(tmp_path: Path) -> None:
    learning = kept_trainings(tmp_path / "a", an_accuracy_plan(("eager", "xla"), seeds=1), {"xla-s0": "refuse"})
    assert "**XLA** is not applicable (the mode trains no recipe)" in section.sentences(learning)[0]
    assert [row["verdict"] for row in learning_tables.table(learning).rows] == ["baseline", "NOT APPLICABLE"]


def test_one_seed_or_one_mode_claims_nothing(tmp_path: Path) -> None:
    one_seed = kept_trainings(tmp_path / "seed", an_accuracy_plan(("eager", "function"), seeds=1))
    assert "+0.20 points from one seed, which says nothing about the mode" in section.sentences(one_seed)[0]
    one_mode = kept_trainings(tmp_path / "mode", an_accuracy_plan(("function",), seeds=2))
    assert section.sentences(one_mode)[0].endswith("no other mode was asked for.")


def test_a_difference_that_cannot_be_excluded_is_reported_with_its_size(tmp_path: Path) -> None:
    tight = replace(an_accuracy_plan(("eager", "xla"), seeds=3), margin=0.001)
    text = section.sentences(kept_trainings(tmp_path / "a", tight))[0]
    assert "no difference is detected, nor that it is smaller than 1.27 points" in text


def test_nothing_learned_anywhere_asks_for_more_steps(tmp_path: Path) -> None:
    faults = {"eager-s0": "flat", "graph-s0": "flat"}
    learning = kept_trainings(tmp_path / "a", an_accuracy_plan(("eager", "graph"), seeds=1), faults)
    assert section.alarms(learning) == [
        "**No training learned anything** in 300 steps (chance is 10 %); give more --steps."
    ]


def test_joules_to_the_target_are_a_column_where_a_gpu_counted_them(tmp_path: Path, learning: Learning) -> None:
    assert not any(column.term == "joules_mean" for column in learning_tables.to_target(learning).columns)
    counted = replace(
        learning,
        modes=tuple(
            replace(mode, trainings=tuple(map(with_joules, mode.trainings)) if mode.mode != "xla" else mode.trainings)
            for mode in learning.modes
        ),
    )
    table = learning_tables.to_target(counted)
    joules = next(column for column in table.columns if column.term == "joules_mean")
    shown = {str(row["mode"]): joules.text(row) for row in table.rows}
    assert shown.pop("xla") == "–"
    counted_modes = [row for row in table.rows if row["mode"] != "xla"]
    assert shown == {row["mode"]: f"{2 * number_of(row, 'steps'):,.0f}" for row in counted_modes}


def with_joules(training: TrainingResult) -> TrainingResult:
    """Two joules a step."""
    points = tuple(replace(point, joules=2.0 * point.step) for point in training.points)
    return replace(training, progress=replace(training.progress, points=points))
