"""What is tried on a run's best mode, as a plan."""

from dataclasses import replace

import pytest
from builders import a_case, a_plan

from bench.errors import BenchError
from bench.machine import settings
from bench.records.run import groups
from bench.records.settings import SETTINGS
from bench.runner.advise import KINDS, kinds, plan, tries


@pytest.fixture(autouse=True)
def _unknown_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of which nothing says whether oneDNN is on by default."""
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    monkeypatch.setattr(settings, "cpu_features", lambda: None)


def test_settings_stand_beside_the_best_mode_and_its_control_and_a_dtype_in_a_group_of_its_own() -> None:
    tried = tries(a_case("function"), kinds("onednn, dtypes"))
    first, second = groups(plan(a_plan(), tried, 6)).values()
    assert [case.arm for case in first] == ["function", "function-again", "function-onednn-on", "function-onednn-off"]
    assert [case.arm for case in second] == ["function", "function-again"]
    assert {case.workload.precision for case in second} == {"mixed_bfloat16"}
    assert plan(a_plan(), tried, 6).schedule.blocks == 6


def test_steps_per_call_are_tried_in_the_modes_own_loop() -> None:
    tried = tries(a_case("function"), kinds("steps-per-call"))
    assert [case.arm for case in tried.cases[2:]] == ["function_loop-k10", "function_loop-k100"]
    assert tries(a_case("eager"), kinds("steps-per-call")).refused == (
        "steps-per-call: eager has no form that loops inside a call",
    )


@pytest.mark.parametrize(
    ("mode", "kind", "reason"),
    [
        ("function", "xla-flags", "XLA does not compile tf.function"),
        ("eager", "grappler", "eager has no graph"),
        ("torch_eager", "threads", "does not read it"),
    ],
)
def test_what_cannot_change_a_mode_is_not_measured_and_says_why(mode: str, kind: str, reason: str) -> None:
    tried = tries(a_case(mode), kinds(kind))
    assert [case.arm for case in tried.cases] == [mode, f"{mode}-again"]
    assert tried.refused
    assert all(line.endswith(reason) for line in tried.refused)


def test_xla_flags_are_tried_on_a_mode_that_xla_compiles() -> None:
    assert [case.setting for case in tries(a_case("xla"), kinds("xla-flags")).cases[2:]] == [
        each.name for each in SETTINGS if each.kind == "xla-flags"
    ]


def test_a_run_in_a_narrow_type_already_tries_no_other() -> None:
    tried = tries(a_case("function", precision="mixed_bfloat16"), kinds("dtypes"))
    assert tried.refused == ("dtypes: the run is in mixed_bfloat16 already",)


def test_the_baselines_slowdown_is_not_taken_over() -> None:
    slowed = replace(a_case("function"), slowdown=0.5)
    assert {case.slowdown for case in tries(slowed, kinds("threads")).cases} == {0.0}


def test_kinds_are_known_and_all_is_every_one() -> None:
    assert kinds("all") == list(KINDS)
    assert kinds("threads,dtypes,threads") == ["dtypes", "threads"]
    with pytest.raises(BenchError, match="did you mean allocator"):
        kinds("alocator")
    with pytest.raises(BenchError, match="--try is empty"):
        kinds(" , ")
