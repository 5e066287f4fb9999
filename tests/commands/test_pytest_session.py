"""`pytest bench` on runs that are there: the table's numbers, what fails, what is refused. No TensorFlow, no timing."""

import json
import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from builders import a_case, a_group, a_plan, outcomes
from places import ROOT

from bench.commands import terminal
from bench.commands.pytest_session import TimingSession, narrowed
from bench.machine import environment
from bench.records.choices import Options
from bench.records.run import NOT_APPLICABLE, Failure, Outcome
from bench.records.store import Store
from bench.report import run as report
from bench.runner import plan
from cifar_core.cifar10 import SYNTHETIC

MODES = ("eager", "graph", "function", "xla")
STEPS = {"eager": 0.05, "eager-again": 0.05, "graph": 0.03, "function": 0.02, "xla": 0.07}
PLAN = a_plan(a_group(MODES))


def a_run(folder: Path, *failures: Failure, **changes: float) -> Path:
    """A run folder with its raw files; `changes` are of seconds a step, by mode."""
    store = Store.create(folder, PLAN)
    broken = {failure.case.mode for failure in failures}
    kept = [o for o in outcomes(PLAN, {**STEPS, **changes}) if o.case.mode not in broken]
    for outcome in (*kept, *(Outcome(failure=failure) for failure in failures)):
        store.keep(outcome)
    return folder


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One that is sound."""
    return a_run(tmp_path_factory.mktemp("run"))


def bench(*words: str, cwd: Path = ROOT, path: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """`pytest bench` as typed in this repository, without a trace of it there. `path`: where more modules are."""
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(ROOT / "bench"), *words]
    where = os.pathsep.join(map(str, [ROOT, *([path] if path else [])]))
    environment = {**os.environ, "PYTHONPATH": where, "COLUMNS": "250"}
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd, env=environment)


def own_json(run: Path) -> Path:
    """The benchmark.json that the run's report leaves."""
    report.build(Store.open(run))
    return run / "benchmark.json"


def measured(file: Path) -> dict[str, dict[str, Any]]:
    """The benchmarks of a JSON file by their full name, with no note of pytest-benchmark's unused options."""
    found = json.loads(file.read_text())["benchmarks"]
    return {each["fullname"]: {**each, "options": each["options"]["timer"]} for each in found}


def the_line(done: "subprocess.CompletedProcess[str]") -> str:
    assert done.returncode == pytest.ExitCode.USAGE_ERROR, done.stdout + done.stderr
    (line,) = done.stderr.split("\n")[:-2]
    return line


def test_a_replayed_run_gives_the_numbers_of_its_own_benchmark_json(tmp_path: Path, run: Path) -> None:
    done = bench(f"--from={run}", "--benchmark-json=now.json", "--benchmark-storage=store", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed, 1 skipped" in done.stdout
    assert f"replayed from: {run}" in done.stdout
    now, own = tmp_path / "now.json", own_json(run)
    assert measured(now) == measured(own)
    heads = [json.loads(file.read_text()) for file in (now, own)]
    assert heads[0]["machine_info"] == heads[1]["machine_info"]
    assert heads[0]["commit_info"] == heads[1]["commit_info"]


def test_a_case_that_is_not_to_be_believed_is_a_failing_test_and_not_in_the_json(tmp_path: Path) -> None:
    unequal = Failure(a_case("function"), 0, "equal work", "it starts from other weights than the baseline")
    inapplicable = Failure(a_case("graph"), 0, NOT_APPLICABLE, "it holds no such model")
    run = a_run(tmp_path / "run", unequal, inapplicable)
    done = bench(f"--from={run}", "--benchmark-json=now.json", "--benchmark-storage=store", cwd=tmp_path)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "1 failed, 2 passed, 2 skipped" in done.stdout
    assert "INVALID: it starts from other weights than the baseline" in done.stdout
    assert "NOT APPLICABLE: it holds no such model" in done.stdout
    assert "not used at all" not in done.stdout
    held = measured(tmp_path / "now.json")
    assert [each["extra_info"]["mode"] for each in held.values()] == ["eager", "xla"]
    assert held == measured(own_json(run))


def test_a_test_that_fails_once_it_has_shown_its_numbers_is_not_in_the_json(tmp_path: Path, run: Path) -> None:
    (tmp_path / "late.py").write_text(
        "import pytest\n\n\n@pytest.hookimpl(wrapper=True)\ndef pytest_pyfunc_call(pyfuncitem):\n"
        "    yield\n    assert 'function' not in pyfuncitem.name\n    return True\n"
    )
    words = (f"--from={run}", "-p", "late", "--benchmark-json=now.json", "--benchmark-storage=s")
    done = bench(*words, cwd=tmp_path, path=tmp_path)
    assert "1 failed, 3 passed" in done.stdout, done.stdout + done.stderr
    assert [each["extra_info"]["mode"] for each in measured(tmp_path / "now.json").values()] == [
        "eager",
        "graph",
        "xla",
    ]


def test_a_saved_run_is_compared_with_and_a_regression_can_fail(tmp_path: Path, run: Path) -> None:
    words = ("--benchmark-storage=store", "-k", "function", "--benchmark-columns=median")
    assert bench(f"--from={run}", *words, "--benchmark-autosave", cwd=tmp_path).returncode == 0
    slower = a_run(tmp_path / "slower", function=0.03)
    gate = ("--benchmark-compare", "--benchmark-compare-fail=median:10%")
    done = bench(f"--from={slower}", *words, *gate, cwd=tmp_path)
    assert re.search(r"^test_function\[tutorial_cnn-b64-cpu\] \(NOW\) ", done.stdout, re.MULTILINE)
    assert re.search(r"^test_function\[tutorial_cnn-b64-cpu\] \(0001_\w+\) ", done.stdout, re.MULTILINE)
    assert "Performance has regressed" in done.stderr
    assert done.returncode != 0
    assert bench(f"--from={run}", *words, *gate, cwd=tmp_path).returncode == 0


def test_with_nothing_to_compare_with_pytest_benchmark_warns_and_goes_on(tmp_path: Path, run: Path) -> None:
    done = bench(f"--from={run}", "--benchmark-compare", "--benchmark-storage=store", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Can't compare. No benchmark files" in done.stdout + done.stderr


@pytest.mark.parametrize(("words", "said"), [
    ("--benchmark-only --benchmark-group-by=param:device", "4 passed, 1 skipped"),
    ("--benchmark-skip", "5 skipped"),
    ("--benchmark-disable", "4 passed, 1 skipped"),
])  # fmt: skip
def test_pytest_benchmarks_own_options_hold(tmp_path: Path, run: Path, words: str, said: str) -> None:
    done = bench(f"--from={run}", *words.split(), "--benchmark-storage=store", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert said in done.stdout
    assert ("benchmark 'device=cpu': 4 tests" in done.stdout) == ("only" in words)


@pytest.mark.parametrize(("words", "said"), [
    ("--modes egaer", "ERROR: unknown mode 'egaer', did you mean eager? type --modes eager"),
    ("--data nowhere", "ERROR: no data folder nowhere"),
    ("--from broken", "ERROR: broken/plan.json is broken"),
    ("--from broken --modes eager", "ERROR: --from measures nothing: leave out --modes"),
])  # fmt: skip
def test_a_bad_option_is_one_line(tmp_path: Path, words: str, said: str) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "plan.json").write_text("{")
    assert the_line(bench(*words.split(), "--benchmark-storage=store", cwd=tmp_path)).startswith(said)


def test_a_folder_that_is_taken_is_said_in_a_line_before_anything_is_measured(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file.txt").write_text("mine")
    done = bench("--out=taken", "--data=synthetic", "--benchmark-storage=store", cwd=tmp_path)
    assert done.returncode == 2
    assert "error: taken holds other files" in done.stdout
    assert "data:" not in done.stderr


def test_pytest_shows_the_help_of_its_options(tmp_path: Path) -> None:
    done = bench("--help", "--benchmark-storage=store", cwd=tmp_path)
    assert "--from=RUN_DIR" in done.stdout
    assert "until each 95 % interval is within this: 2%." in " ".join(done.stdout.split())


@pytest.mark.parametrize(("words", "collected"), [
    ((".", "--ignore=tests"), []),
    (("tests/test_licences.py", "bench/bench_xla.py"), ["bench/bench_xla.py", "tests/test_licences.py"]),
])  # fmt: skip
def test_benchmarks_are_collected_only_where_they_are_asked_for(words: tuple[str, ...], collected: list[str]) -> None:
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words, "--collect-only", "-q"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert sorted(set(re.findall(r"^(\S+\.py)::", done.stdout, re.MULTILINE))) == collected


def test_only_what_is_selected_is_measured_with_the_baseline_it_needs() -> None:
    whole = plan.make(Options(modes="eager,graph,function", models="mlp,tutorial_cnn"), SYNTHETIC)
    (chosen,) = [c for c in whole.cases if (c.mode, c.workload.model) == ("function", "mlp")]
    assert [(c.workload.model, c.arm) for c in narrowed(whole, [chosen]).cases] == [
        ("mlp", "eager"), ("mlp", "eager-again"), ("mlp", "function"),
    ]  # fmt: skip
    assert narrowed(whole, whole.cases) == whole


def test_a_gpu_that_is_not_there_is_told_from_one_that_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "nvidia-smi").write_text("#!/bin/sh\necho 'A GPU, 550.1'\necho 'Another, 550.1'\n")
    (tmp_path / "nvidia-smi").chmod(0o755)
    options = Options(modes="eager", devices="cpu,gpu,gpu:1,gpu:2", data="synthetic")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    assert environment.read().gpu == "A GPU"
    two = TimingSession(options, True, partial(terminal.progress, "block"))
    found = {case.device: two.missing_device(case) for case in two.plan.cases}
    asked = "`nvidia-smi --query-gpu=name,driver_version`"
    assert found == {"cpu": "", "gpu": "", "gpu:1": "", "gpu:2": f"no gpu:2 here: {asked} found 2 GPUs"}
    (tmp_path / "nvidia-smi").write_text("#!/bin/sh\nexit 9\n")
    none = TimingSession(options, True, partial(terminal.progress, "block"))
    assert none.missing_device(none.plan.cases[2]) == f"no gpu here: {asked} found no GPU"


def test_a_run_that_was_broken_off_before_its_first_block_is_skipped(tmp_path: Path) -> None:
    Store.create(tmp_path / "begun", PLAN)
    done = bench("--from=begun", "--benchmark-storage=store", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "not measured yet; `cifar-bench run --resume` goes on with the run" in done.stdout
