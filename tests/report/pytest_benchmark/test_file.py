"""A run's benchmark.json is pytest-benchmark's own format, and opens there."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import ENVIRONMENT, a_case, a_group, a_measurement, a_plan, outcomes
from pytest_benchmark.logger import Logger
from pytest_benchmark.storage.file import FileStorage

from bench.records.run import Failure, Outcome, Plan, Samples
from bench.records.store import Store
from bench.report import run as report

STEPS = {"eager": 0.05, "eager-again": 0.05, "function": 0.02}
PLAN = a_plan(a_group(("eager", "function")))


def built(folder: Path, records: list[Outcome], plan: Plan = PLAN) -> Path:
    store = Store.create(folder, plan)
    for outcome in records:
        store.keep(outcome)
    report.build(store)
    return folder / "benchmark.json"


def content(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(file.read_text(), parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    return found


def test_it_holds_the_machine_the_commit_and_the_time_of_the_run(tmp_path: Path) -> None:
    held = content(built(tmp_path / "run", outcomes(PLAN, STEPS)))
    assert held["datetime"] == PLAN.created
    assert held["machine_info"]["tensorflow"] == ENVIRONMENT.tensorflow
    assert held["machine_info"]["cpu"] == {"brand_raw": "a CPU", "count": 2}
    assert (held["commit_info"]["id"], held["commit_info"]["dirty"]) == ("0123456789ab", False)


def test_its_numbers_are_the_slices(tmp_path: Path) -> None:
    slices = [(0.4, 0.2, 0.3), (0.1, 0.6, 0.5)]
    records = [
        Outcome(measurement=a_measurement(case, block, steady=Samples(seconds, 2)))
        for block, seconds in enumerate(slices)
        for case in PLAN.cases
    ]
    eager, function = content(built(tmp_path / "run", records))["benchmarks"]
    assert eager["stats"]["data"] == [0.2, 0.1, 0.15, 0.05, 0.3, 0.25]
    assert (eager["stats"]["rounds"], eager["stats"]["iterations"]) == (6, 2)
    assert (eager["stats"]["min"], eager["stats"]["max"]) == (0.05, 0.3)
    assert eager["stats"]["median"] == pytest.approx(0.175)
    assert function["group"] == "tutorial_cnn, batch 64, float32, CPU"
    assert function["params"]["mode"] == "function"


def test_what_must_not_be_believed_is_absent(tmp_path: Path) -> None:
    failed = Outcome(failure=Failure(a_case("function"), 0, "equal work", "it trains on other batches"))
    records = [o for o in outcomes(PLAN, STEPS) if o.case.mode != "function"]
    held = content(built(tmp_path / "run", [*records, failed]))
    assert [bench["name"] for bench in held["benchmarks"]] == ["test_eager[tutorial_cnn-b64-cpu]"]
    assert content(built(tmp_path / "nothing", [failed]))["benchmarks"] == []


def test_pytest_benchmarks_loader_opens_it(tmp_path: Path) -> None:
    file = built(tmp_path / "run", outcomes(PLAN, STEPS))
    loaded = list(FileStorage(str(tmp_path / "store"), Logger()).load_benchmarks(str(file)))
    assert [bench["name"].partition("[")[0] for bench in loaded] == ["test_eager", "test_function"]


def test_pytest_benchmark_compare_sets_two_runs_side_by_side(tmp_path: Path) -> None:
    now = built(tmp_path / "a", outcomes(PLAN, STEPS))
    then = built(tmp_path / "b", outcomes(replace(PLAN, seed=1), {**STEPS, "function": 0.03}), replace(PLAN, seed=1))
    command = [sys.executable, "-m", "pytest_benchmark", "compare", str(now), str(then), "--between=median"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("test_function[")]
    assert line.split()[-1] == "+50.0%"
