"""Damaged numbers are refused where they are read, whatever they are."""

from dataclasses import replace
from typing import Any

import pytest
from builders import SCHEDULE, a_case, a_costs, a_measurement, a_plan

from bench.records.environment import Environment
from bench.records.run import Failure, Outcome, Samples
from bench.records.validation import outcome_fault, plan_fault

PLAN = a_plan()


def fault(**changes: Any) -> str:
    return outcome_fault(Outcome(measurement=a_measurement(**changes)), PLAN)


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
    assert outcome_fault(failure, PLAN) == "'breakfast' is no stage of a case"
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
        {"slice_s": 0.0},
        {"slice_s": float("nan")},
        {"budget_s": -1.0},
        {"time_limit_s": 1e300},
    ],
)
def test_a_schedule_measures_something(schedule: dict[str, Any]) -> None:
    assert plan_fault(a_plan(schedule=replace(SCHEDULE, **schedule)))
