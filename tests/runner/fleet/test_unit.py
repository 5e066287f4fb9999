"""A unit on its machine: what is measured there, what comes back, and what the machine refuses."""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from builders import SCHEDULE, a_group, a_plan, an_accuracy_plan
from children import running
from places import SUPPORT

from bench.errors import BenchError
from bench.machine import environment
from bench.records.training import AccuracyPlan, Training
from bench.runner.fleet import seeds, unit
from bench.runner.fleet.unit import Host, Unit, UnitResult, measured
from cifar_core.cifar10 import SYNTHETIC, Source

HOST = Host("node1", SYNTHETIC)
SEED = an_accuracy_plan(("eager", "xla"), seeds=1)
Measure = Callable[..., UnitResult]


@pytest.fixture
def measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Measure:
    """Units are measured by fake workers."""
    monkeypatch.setenv("FLEET_MARKS", str(tmp_path))
    monkeypatch.setattr(unit, "command", lambda module: (sys.executable, str(SUPPORT / "fake_unit.py")))
    (tmp_path / "scratch").mkdir()

    def on_host(each: Unit, host: Host = HOST, wanted: Callable[[], bool] = lambda: True) -> UnitResult:
        return measured(each, host, tmp_path / "scratch", wanted)

    return on_host


def test_a_seed_comes_back_under_the_machines_name_and_environment(measure: Measure, tmp_path: Path) -> None:
    result = measure(Unit("seed 0", SEED, ()))
    assert (result.machine, result.refused) == ("node1", "")
    assert sorted(result.files) == [
        f"trainings/{mode}-s0/{name}.json" for mode in ("eager", "xla") for name in ("points", "training")
    ]
    training = msgspec.json.decode(result.files["trainings/xla-s0/training.json"], type=Training)
    assert (training.machine, training.environment.cpu) == ("node1", environment.read().cpu)
    assert SEED.holds(training)
    assert not SEED.holds(replace(training, machine=""))  # what was trained here has this machine's environment
    assert not SEED.holds(replace(training, display_step=7))
    assert list((tmp_path / "scratch").iterdir()) == []


def test_a_run_comes_back_with_its_raw_files_alone(measure: Measure) -> None:
    plan = a_plan(a_group(("eager", "function")), schedule=replace(SCHEDULE, blocks=2))
    result = measure(Unit("run", plan, ()))
    assert sorted(result.files) == ["measurements.jsonl", "plan.json"]
    assert result.files["measurements.jsonl"].count(b"\n") == 2 * 3


def test_a_machine_whose_images_have_gone_or_changed_says_so(measure: Measure, tmp_path: Path) -> None:
    real = replace(SEED.training, synthetic=False, data_name="cifar10-copy-01234567")
    gone = Source("cifar10-copy-01234567", "a copy", str(tmp_path / "nowhere"), 50_000)
    result = measure(Unit("seed 0", replace(SEED, training=real), ()), Host("node1", gone))
    assert result.files == {}
    assert "nowhere" in result.refused
    other = measure(Unit("seed 0", replace(SEED, training=real), ()))
    assert other.refused.startswith("it was begun on cifar10-copy-01234567, found synthetic")


def test_a_unit_that_ends_by_itself_is_told_with_its_code(measure: Measure, monkeypatch: pytest.MonkeyPatch) -> None:
    program = (sys.executable, "-c", "import sys; sys.exit('no memory left')")
    monkeypatch.setattr(unit, "command", lambda module: program)
    assert measure(Unit("seed 0", SEED, ())).refused == "ended with code 1: no memory left"


def test_a_plan_that_cannot_be_kept_is_refused_by_the_machine(measure: Measure) -> None:
    plan = a_plan()
    assert "it holds a case twice" in measure(Unit("run", replace(plan, cases=plan.cases * 2), ())).refused


def test_what_is_not_wanted_any_more_is_ended_with_all_that_it_started(
    measure: Measure, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    script = "import subprocess, sys, time; subprocess.Popen(['sleep', '77']); time.sleep(77)"
    monkeypatch.setattr(unit, "command", lambda module: (sys.executable, "-c", script))
    monkeypatch.setattr(unit, "LOOK_S", 0.1)
    started = time.monotonic()
    with pytest.raises(unit.Unwanted):
        measure(Unit("seed 0", SEED, ()), wanted=lambda: time.monotonic() - started < 2.0)
    assert running("sleep 77") == []
    assert running("time.sleep(77)") == []


def test_a_seed_of_which_a_mode_is_missing_or_foreign_is_not_kept(measure: Measure) -> None:
    result = measure(Unit("seed 0", SEED, ()))
    seeds._refuse_part(SEED, 0, result)
    less = {path: content for path, content in result.files.items() if "xla" not in path}
    foreign = {path.replace("s0", "s1"): content for path, content in result.files.items()}
    for files in (less, foreign, result.files | foreign):
        with pytest.raises(BenchError, match=r"node1 sent .* for seed 0, not .*; nothing was kept"):
            seeds._refuse_part(SEED, 0, replace(result, files=files))


def test_accuracies_of_another_tensorflow_are_not_asked_for() -> None:
    plan: AccuracyPlan = SEED
    assert f"tensorflow={plan.training.environment.tensorflow}" in seeds.needs(plan)
    assert f"images={plan.training.data_name}" in seeds.needs(plan)
