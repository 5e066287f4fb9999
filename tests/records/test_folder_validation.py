"""Damaged records of trainings, accuracy runs, self-tests and break-evens are refused where they are read."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import a_case, a_point, a_training, an_accuracy_plan
from made_up_selftests import RECORD
from trainings import kept_trainings

from bench.errors import BenchError
from bench.records.breakeven import TriedBreakEven, TriedBreakEvens
from bench.records.files import read, write
from bench.records.folder_validation import fault_of
from bench.records.folders import open_training, read_trainings, training_folder
from bench.records.run import FORMAT, Failure
from bench.records.training import Training, TrainingFiles, TrainingProgress

NAN, INF = float("nan"), float("inf")
POINTS = (a_point(100), a_point(200), a_point(300))


def progress(**changes: Any) -> TrainingProgress:
    """Whose last point has these values."""
    return TrainingProgress(FORMAT, 0.5, (*POINTS[:2], replace(POINTS[2], **changes)))


def test_sound_records_have_no_fault() -> None:
    tried = TriedBreakEven(a_case("xla"), 40.0, 21, 0, 2.0, 1.5)
    for record in (a_training(), progress(), an_accuracy_plan(), RECORD, TriedBreakEvens(FORMAT, (tried,))):
        assert fault_of(record) == ""
    assert fault_of(TrainingFiles(a_training(), progress())) == ""


@pytest.mark.parametrize(
    "changes",
    [
        {"step": 200}, {"step": 150}, {"step": -1}, {"loss": NAN}, {"loss": -1.0}, {"test_loss": INF},
        {"accuracy": 1.1}, {"test_accuracy": -0.1}, {"step_s": 0.0}, {"step_s": 1e300}, {"seconds": 1.0},
        {"seconds": NAN}, {"first_call_s": 1e6}, {"waited_s": -1.0},
    ],
    ids=str,
)  # fmt: skip
def test_points_go_up_and_hold_what_can_be(changes: dict[str, Any]) -> None:
    assert fault_of(progress(**changes))
    assert fault_of(TrainingFiles(a_training(), progress(**changes)))


@pytest.mark.parametrize(
    "changes",
    [{"training_steps": 0}, {"display_step": 0}, {"display_step": -5}, {"mode": "../up"}, {"mode": ""}],
    ids=str,
)
def test_a_training_has_steps_and_a_mode(changes: dict[str, Any]) -> None:
    assert fault_of(a_training(**changes))
    assert fault_of(replace(an_accuracy_plan(), training=a_training(**changes)))


@pytest.mark.parametrize(
    "changes",
    [
        {"modes": ()}, {"seeds": ()}, {"modes": ("eager", "eager")}, {"seeds": (1, 1)}, {"seeds": (-1,)},
        {"modes": ("eager", "a/b")}, {"target": 0.0}, {"target": 1.5}, {"target": NAN}, {"margin": 0.0},
        {"margin": -1.0},
    ],
    ids=str,
)  # fmt: skip
def test_an_accuracy_run_has_modes_seeds_and_shares(changes: dict[str, Any]) -> None:
    assert fault_of(replace(an_accuracy_plan(), **changes))


def test_the_cases_and_stages_of_break_evens_are_looked_at() -> None:
    strange = replace(a_case(), device="tpu")
    assert "is not a device" in fault_of(TriedBreakEvens(FORMAT, (TriedBreakEven(strange, 40.0, 21, 0, 2.0, 1.5),)))
    assert "is not a stage" in fault_of(TriedBreakEvens(FORMAT, (), (Failure(a_case(), 0, "breakfast", "late"),)))
    assert "baseline_s is 0.0" in fault_of(TriedBreakEvens(FORMAT, (TriedBreakEven(a_case(), 4.0, 2, 0, 0.0, 1.5),)))


def test_a_training_in_the_place_of_another_is_refused(tmp_path: Path) -> None:
    plan = an_accuracy_plan(("eager", "xla"), 2)
    kept_trainings(tmp_path, plan)
    place = training_folder(tmp_path, "xla", 1)
    sound = read(place / "training.json", Training)
    for other in (plan.of("eager", 1), plan.of("xla", 0)):
        write(place / "training.json", other)
        with pytest.raises(BenchError, match=r"is broken \(it holds the training of (eager|xla)"):
            read_trainings(tmp_path, plan)
    write(place / "training.json", replace(sound, display_step=50))
    with pytest.raises(BenchError, match=r"is broken \(accuracy\.json does not name this training\)"):
        read_trainings(tmp_path, plan)


def test_what_train_reads_is_looked_at_too(tmp_path: Path) -> None:
    write(tmp_path / "training.json", a_training())
    write(tmp_path / "points.json", progress(step=7))
    with pytest.raises(BenchError, match=r"points\.json is broken \(step 7 at .* follows step 200"):
        open_training(tmp_path)
