"""Damaged numbers are refused where they are read, whatever they are."""

from dataclasses import replace
from typing import Any

import pytest
from builders import (
    SCHEDULE,
    a_case,
    a_costs,
    a_full_measurement,
    a_late,
    a_measurement,
    a_plan,
    a_reached,
    a_repeated,
    a_replay,
    an_evidence,
    an_update,
)

from bench.records.costs import Energy
from bench.records.devices import DeviceTime
from bench.records.environment import Environment
from bench.records.proof import GradientSketch
from bench.records.run import Failure, Outcome, Samples
from bench.records.validation import outcome_fault, plan_fault

PLAN = a_plan()
PLANNED = {case.key: case for case in PLAN.cases}


def fault(**changes: Any) -> str:
    return outcome_fault(Outcome(measurement=a_measurement(**changes)), PLANNED, 8)


def test_a_sound_outcome_and_plan_have_no_fault() -> None:
    assert fault(costs=a_costs("eager")) == ""
    assert fault(last_loss=-1.0) == ""
    assert plan_fault(PLAN) == ""


@pytest.mark.parametrize("bad", [0.0, -0.1, float("nan"), float("inf"), 1e-320, 1e300])
def test_a_slice_took_time(bad: float) -> None:
    assert fault(steady=Samples((0.1, bad), 2)).startswith("a slice of")


@pytest.mark.parametrize("field", ["load_s", "build_s", "first_call_s"])
@pytest.mark.parametrize("bad", [-1.0, float("nan"), float("inf"), 1e300])
def test_a_time_is_finite_and_not_negative(field: str, bad: float) -> None:
    assert fault(**{field: bad}).startswith(f"{field} is")


def test_numbers_at_any_depth_are_looked_at() -> None:
    assert fault(costs=a_costs("eager", cpu_s=-1.0)) == "cpu_s is -1.0"
    assert fault(peak_memory_bytes=-1) == "peak_memory_bytes is -1"
    environment: Environment = replace(a_measurement().environment, at=float("nan"))
    assert fault(environment=environment) == "at is nan"


def test_lists_that_belong_together_are_equally_long() -> None:
    assert "do not fit" in fault(steady=Samples((0.1, 0.1), 2, rounds=(0,)))
    assert "do not fit" in fault(steady=Samples((0.1, 0.1), 2, rounds=(1, 1)))
    assert fault(steady=Samples((), 2)) == "it holds no slice"
    assert fault(steady=Samples((0.1,), 0)) == "a slice of 0 steps"


def test_words_are_known() -> None:
    failure = Outcome(failure=Failure(a_case(), 0, "breakfast", "late"))
    assert outcome_fault(failure, PLANNED, 8) == "'breakfast' is no stage of a case"
    for changes in ({"precision": "float7"}, {"input": "telepathy"}):
        assert "is unknown" in plan_fault(a_plan((a_case(**changes),)))
    assert "is no device" in plan_fault(a_plan((replace(a_case(), device="tpu"),)))


@pytest.mark.parametrize("model", ["../../etc", "a b", "x\n", "modèle", "a:b/c"])
def test_a_key_holds_plain_characters_whatever_the_model_is_called(model: str) -> None:
    assert plan_fault(a_plan((a_case(model=model),))) == ""
    assert "/" not in a_case(model=model).key


@pytest.mark.parametrize("mode", ["../up", "a/b", "x y", ""])
def test_a_mode_that_makes_no_key_is_refused(mode: str) -> None:
    assert "holds other characters" in plan_fault(a_plan((a_case(mode),))) or mode == ""


@pytest.mark.parametrize(
    "schedule",
    [
        {"blocks": 0},
        {"rounds": 0},
        {"slice_s": -1.0},
        {"slice_s": float("nan")},
        {"budget_s": -1.0},
        {"time_limit_s": 1e300},
    ],
)
def test_a_schedule_measures_something(schedule: dict[str, Any]) -> None:
    assert plan_fault(a_plan(schedule=replace(SCHEDULE, **schedule)))


def test_a_whole_number_may_be_longer_than_any_float() -> None:
    assert fault(peak_memory_bytes=10**400).startswith("peak_memory_bytes is 1000")
    assert plan_fault(a_plan(seed=10**400)).startswith("seed is 1000")


def test_a_loss_may_be_as_large_as_float32_holds() -> None:
    assert fault(last_loss=3e38) == ""
    assert fault(last_loss=1e300).startswith("last_loss is")


def test_what_is_divided_by_is_not_0() -> None:
    profile = a_costs("eager").profile
    assert profile
    assert fault(costs=a_costs("eager", profile=replace(profile, wall_s=0.0))) == "wall_s is 0.0"
    assert fault(costs=a_costs("eager", profile=replace(profile, steps=0))) == "steps is 0"
    late = DeviceTime(0.0, 0.1, 0.0, 0.0, 0.0, 4)
    assert fault(costs=a_costs("eager", profile=replace(profile, device=late))) == "window_s is 0.0"
    assert fault(costs=a_costs("eager", energy=Energy(0, 3.0, 900.0, 90.0))) == "energy_steps is 0"
    assert fault(costs=a_costs("eager", energy=Energy(10, 0.0, 900.0, 90.0))) == "stretch_s is 0.0"
    assert fault(costs=a_costs("eager", cpu_s=0.0)) == ""  # not every system tells it
    assert fault(costs=a_costs("eager", cpu_s=1e-300)) == "cpu_s is 1e-300"
    assert fault(peak_memory_bytes=0) == "peak_memory_bytes is 0"


@pytest.mark.parametrize("empty", [{"first_losses": ()}, {"gradients": ()}])
def test_evidence_of_equal_work_holds_something(empty: dict[str, Any]) -> None:
    assert fault(evidence=an_evidence(**empty)) == "its evidence of equal work is empty"


def test_gradients_have_directions_once_a_run_but_then_all_of_them() -> None:
    sketches = GradientSketch("w", 1.0, ()), GradientSketch("v", 1.0, (0.5,))
    assert fault(evidence=an_evidence(gradients=sketches[:1])) == ""
    assert fault(evidence=an_evidence(gradients=sketches)) == "its evidence of equal work is empty"


def full_fault(**changes: Any) -> str:
    return outcome_fault(Outcome(measurement=a_full_measurement(**changes)), PLANNED, 8)


def test_a_sound_outcome_with_all_its_evidence_has_no_fault_whatever_sign_a_setting_has() -> None:
    assert full_fault() == ""
    m = a_full_measurement()
    negative = replace(m, evidence=replace(m.evidence, hyperparameters=(("learning_rate", -0.1),)))
    assert outcome_fault(Outcome(measurement=negative), PLANNED, 8) == ""


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), 1e300])
@pytest.mark.parametrize(
    ("changes", "name"),
    [
        (lambda bad: {"reached": (a_reached(last_loss=bad),)}, "last_loss"),
        (lambda bad: {"reached": (a_reached(lengths=(bad,)),)}, "lengths"),
        (lambda bad: {"reached": (a_reached(averages=(bad,)),)}, "averages"),
        (lambda bad: {"reached": (a_reached(projections=((bad, 0.0),)),)}, "projections"),
        (lambda bad: {"late": a_late(updated=an_update(off=bad))}, "off"),
        (lambda bad: {"late": a_late(updated=an_update(along=bad))}, "along"),
        (lambda bad: {"late": a_late(updated=an_update(moment=bad))}, "moment"),
        (lambda bad: {"late": a_late(last_loss=bad)}, "last_loss"),
        (lambda bad: {"replay": a_replay(first=a_repeated(whole=bad))}, "whole"),
        (lambda bad: {"replay": a_replay(slice=a_repeated(most=bad))}, "most"),
    ],
)
def test_no_number_of_the_later_updates_is_damaged(changes: Any, name: str, bad: float) -> None:
    assert full_fault(**changes(bad)).startswith(f"{name} is ")


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"tracing_us": -1}, "tracing_us"),
        ({"still": -1}, "still"),
        ({"replay": a_replay(retraces=-1)}, "retraces"),
        ({"replay": a_replay(first=a_repeated(-5))}, "updates"),
    ],
)
def test_what_is_counted_is_not_negative(changes: dict[str, Any], name: str) -> None:
    assert full_fault(**changes).startswith(f"{name} is -")


def test_what_is_none_was_not_looked_at_and_is_no_fault() -> None:
    nothing = {"last_loss": None, "lengths": (None,), "averages": (None,), "projections": ((None, None),)}
    assert full_fault(reached=(a_reached(**nothing),)) == ""
    assert full_fault(late=a_late(last_loss=None, updated=None)) == ""
    assert full_fault(late=None, replay=None, calls=None, tracing_us=None, reached=()) == ""


def test_a_mark_and_a_late_update_are_of_as_many_weights_as_the_first_gradients() -> None:
    assert full_fault(reached=(a_reached(lengths=(0.1, 0.2)),)) == "after 10 updates it has 2 weights, not 1"
    assert full_fault(late=a_late(gradients=())) == "after a late update it has 0 weights, not 1"
    m = a_full_measurement()
    moved = replace(m, evidence=replace(m.evidence, moved=a_reached(lengths=())))
    assert outcome_fault(Outcome(measurement=moved), PLANNED, 8) == "after 10 updates it has 0 weights, not 1"
