"""`pytest bench` for real: real workers, real steps, pytest-benchmark's own commands. Which is faster is not asked."""

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from places import ROOT, SUPPORT

from bench.records.store import Store
from bench.runner.warm_up import MOST_PIECES

ONE_BLOCK = ("--preset", "quick", "--budget", "1s")  # the first block is measured however long it takes
KEPT = ("--benchmark-storage=store", "--benchmark-json=now.json")


@dataclass(frozen=True)
class Done:
    """What a command in its own folder came to."""

    folder: Path
    returncode: int
    said: str

    @property
    def run(self) -> Path:
        return self.folder / "run"

    def benchmarks(self, file: str = "now.json") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads((self.folder / file).read_text())["benchmarks"]
        return found


def command(folder: Path, *words: str) -> Done:
    where = os.pathsep.join([str(ROOT), str(SUPPORT), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": where, "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-m", *words], capture_output=True, text=True, check=False, cwd=folder, env=environment
    )
    return Done(folder, done.returncode, done.stdout + done.stderr)


def bench(folder: Path, *words: str) -> Done:
    return command(folder, "pytest", "-p", "no:cacheprovider", str(ROOT / "bench"), *words)


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Done:
    """One measured block of eager and tf.function, for all tests of this file: the TF1 graph is not selected."""
    words = ("--models=mlp", "--modes=eager,graph,function", "-k", "eager or function", "--data=synthetic", "--out=run")
    done = bench(tmp_path_factory.mktemp("measured"), *words, *ONE_BLOCK, *KEPT, "--benchmark-autosave")
    assert done.returncode == 0, done.said
    return done


def test_the_selected_cases_are_measured_with_the_noise_floor_and_shown_in_the_table(measured: Done) -> None:
    store = Store.open(measured.run)
    assert [case.arm for case in store.plan.cases] == ["eager", "eager-again", "function"]
    for name in ("test_eager", "test_function"):
        assert re.search(rf"^{name}\[mlp-b64-cpu\] ", measured.said, re.MULTILINE)
    assert "run folder: run; to show it again: pytest bench --from run" in measured.said
    assert (measured.run / "report.md").exists()


def test_the_json_holds_the_very_slices_of_the_run_and_what_the_table_cannot_show(measured: Done) -> None:
    by_mode = {o.case.mode: o.measurement for o in Store.open(measured.run).outcomes() if not o.case.again}
    assert len(measured.benchmarks()) == 2
    for benchmark in measured.benchmarks():
        info, measurement = benchmark["extra_info"], by_mode[benchmark["extra_info"]["mode"]]
        assert measurement
        steps = measurement.steady.steps_per_slice
        assert benchmark["stats"]["data"] == [slice_s / steps for slice_s in measurement.steady.seconds]
        assert (benchmark["stats"]["iterations"], benchmark["options"]["timer"]) == (steps, "replay_clock")
        assert 0 < info["accuracy_after_timing"] < 1
        assert info["accuracy_after_updates"] > info["updates"]
        assert info["verdict"] == {"eager": "baseline", "function": "NO VERDICT"}[info["mode"]]  # of one block
        assert info["peak_memory_bytes"] > 2**27
    machine = json.loads((measured.folder / "now.json").read_text())["machine_info"]
    assert machine["tensorflow"] == measurement.environment.tensorflow
    assert {"flags", "gpu", "cpu"} <= set(machine)


def test_the_runs_own_json_is_the_same_and_pytest_benchmark_compares_the_two(measured: Done) -> None:
    same = ("fullname", "group", "params", "param", "extra_info", "stats")
    now, own = (
        [{key: each[key] for key in same} for each in measured.benchmarks(file)]
        for file in ("now.json", "run/benchmark.json")
    )
    assert now == own
    words = ("compare", "now.json", "run/benchmark.json", "--between=median")
    done = command(measured.folder, "pytest_benchmark", *words)
    assert done.returncode == 0, done.said
    changes = re.findall(r"^test_\w+\[mlp-b64-cpu\] .*?(\S+)$", done.said, re.MULTILINE)
    assert changes == ["+0.0%"] * 2


def test_a_later_session_is_compared_with_the_saved_one(measured: Done) -> None:
    done = bench(measured.folder, "--from=run", "--benchmark-compare", "--benchmark-storage=store")
    assert done.returncode == 0, done.said
    assert len(re.findall(r"^test_\w+\[mlp-b64-cpu\] \((?:NOW|0001_\w+)\)", done.said, re.MULTILINE)) == 4


@pytest.mark.skipif(not find_spec("pygal"), reason="pygal is not installed; the extra `tests` brings it")
def test_a_histogram_is_drawn(measured: Done) -> None:
    done = bench(measured.folder, "--from=run", "--benchmark-histogram=drawn/at", "--benchmark-storage=store")
    assert done.returncode == 0, done.said
    (picture,) = (measured.folder / "drawn").iterdir()
    assert "test_function[mlp-b64-cpu]" in picture.read_text()


def test_with_benchmark_disable_one_step_of_each_case_is_proven_and_nothing_is_left(tmp_path: Path) -> None:
    words = (
        "--models=mlp",
        "--benchmark-disable",
        "--data=synthetic",
        "--basetemp=temporary",
        "--benchmark-storage=store",
    )
    done = bench(tmp_path, *words)
    assert done.returncode == 0, done.said
    assert "4 passed, 1 skipped" in done.said
    assert "Name (time in" not in done.said
    assert {file.name for file in tmp_path.iterdir()} == {"temporary", "store"}
    store = Store.open(tmp_path / "temporary" / "one-step0" / "run")
    taken = [outcome.measurement for outcome in store.outcomes() if outcome.measurement]
    assert [m.case.arm for m in taken] == ["eager", "eager-again", "graph", "function", "xla"]
    assert {(len(m.steady.seconds), m.steady.steps_per_slice) for m in taken} == {(1, 1)}
    assert all(m.proof.updates == m.proof.updates_expected <= 5 + MOST_PIECES + 1 + 8 for m in taken)


def test_a_mode_that_does_other_work_is_a_failing_test_and_not_in_the_json(tmp_path: Path) -> None:
    words = ("--model=own_models:unseeded", "--modes=eager,function", "--data=synthetic", "--out=run")
    done = bench(tmp_path, *words, *ONE_BLOCK, *KEPT)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.said
    assert "1 failed, 1 passed, 1 skipped" in done.said
    assert "INVALID: it starts from other weights than the baseline" in done.said
    for file in ("now.json", "run/benchmark.json"):
        assert [each["name"] for each in done.benchmarks(file)] == ["test_eager[own_models.unseeded-b64-cpu]"]


def test_one_of_two_numbers_of_threads_is_measured_alone_where_the_other_was_not_selected(tmp_path: Path) -> None:
    words = ("--models=mlp", "--modes=eager", "--threads=1,2", "-k", "t2", "--benchmark-disable", "--data=synthetic")
    done = bench(tmp_path, *words)
    assert done.returncode == 0, done.said
    assert "2 passed" in done.said  # by mode, and beside itself on the other
