"""Each case has its test, and a name that stays."""

import ast
from dataclasses import replace

import pytest
from builders import a_case, a_group
from places import ROOT

from bench.modes import MODES
from bench.records.case import Case
from bench.records.choices import Options
from bench.report.pytest_benchmark import names
from bench.report.pytest_benchmark.names import View
from bench.runner import plan
from cifar_core.cifar10 import SYNTHETIC

BENCH = ROOT / "bench"
FILES = {mode.pytest_file for mode in MODES}


def a_view(case: Case) -> View:
    (view,) = names.views([case])
    return view


def planned(**options: str) -> tuple[Case, ...]:
    return plan.make(Options(**options), SYNTHETIC).cases  # type: ignore[arg-type]


def functions(file: str) -> list[str]:
    return [node.name for node in ast.parse((BENCH / file).read_text()).body if isinstance(node, ast.FunctionDef)]


def test_every_mode_has_its_test_in_the_file_that_its_row_names_and_no_file_has_others() -> None:
    for file in FILES:
        named = [f"test_{mode.name}" for mode in MODES if mode.pytest_file == file]
        assert functions(file) == named


def test_there_is_no_benchmark_file_but_those_that_show_views() -> None:
    files = {path.name for path in BENCH.glob("bench_*.py")}
    assert files == {*FILES, names.DEVICES}
    assert functions(names.DEVICES) == [names.TEST_DEVICE]


def test_a_name_says_what_is_unusual_and_leaves_out_what_belongs_to_a_machine() -> None:
    assert a_view(a_case("xla")).fullname == "bench/bench_xla.py::test_xla[tutorial_cnn-b64-cpu]"
    case = Case("function_loop", "gpu:1", 2, replace(a_case().workload, precision="mixed_float16"), False, 10)
    assert a_view(case).name == "test_function_loop[tutorial_cnn-b64-gpu1-mixed_float16-t2-k10]"
    assert a_view(a_case("xla", data="cifar10", seed=7)) == replace(
        a_view(a_case("xla")), case=a_case("xla", data="cifar10", seed=7)
    )


def test_an_own_models_name_is_written_in_plain_characters() -> None:
    view = a_view(a_case("eager", model="modèles:réseau"))
    assert view.id == "mod_e8les.r_e9seau-b64-cpu"
    assert view.params["model"] == "modèles:réseau"


def test_what_is_held_fixed_is_the_group_and_every_name_is_one_test_s() -> None:
    cases = planned(modes="all", batch_sizes="1,64", steps_per_call="0,10", inputs="resident,pipeline", threads="0,1")
    shown = names.views(cases)
    assert len({view.fullname for view in shown}) == len(shown)
    by_mode = [view for view in shown if view.file != names.DEVICES]
    assert len(by_mode) == len([case for case in cases if not case.again])
    for group in {view.group for view in by_mode}:
        fixed = {view.case.group for view in by_mode if view.group == group}
        assert len(fixed) == 1


def test_the_baselines_second_entry_has_no_test_of_its_own() -> None:
    assert [view.case.arm for view in names.views(a_group())] == ["eager", "graph", "function", "xla"]


@pytest.mark.parametrize(("options", "ids"), [
    ({}, []),
    ({"threads": "1,2"}, ["eager-mlp-b64-cpu-t1", "eager-mlp-b64-cpu-t2"]),
    ({"devices": "cpu,gpu"}, ["eager-mlp-b64-cpu", "eager-mlp-b64-gpu"]),
])  # fmt: skip
def test_devices_and_threads_stand_side_by_side_where_there_are_several(
    options: dict[str, str], ids: list[str]
) -> None:
    shown = names.views(planned(modes="eager", models="mlp", **options))
    beside = [view for view in shown if view.file == names.DEVICES]
    assert [view.id for view in beside] == ids
    assert {view.group for view in beside} <= {"devices: eager, mlp, batch 64, float32"}
    assert {view.case for view in beside} <= {view.case for view in shown if view.file != names.DEVICES}
