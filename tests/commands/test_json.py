"""`--json`: stdout carries one object, which begins alike in every command; docs/scripts.md has its fields."""

import json
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from builders import a_group, a_plan, outcomes
from command_line import bench
from explanations import an_explanation
from places import ROOT, SUPPORT

from bench.autograph.explain import explain as explainer
from bench.autograph.explain.records import Missing
from bench.commands import selftest as selftest_command
from bench.commands.accuracy import accuracy
from bench.commands.advise import advise
from bench.commands.breakeven import breakeven
from bench.commands.devices import devices
from bench.commands.explain import explain
from bench.commands.history import history
from bench.commands.list import list_names
from bench.commands.report import report
from bench.commands.selftest import selftest
from bench.commands.train import train
from bench.errors import Exit
from bench.machine import availability
from bench.machine.availability import Availability
from bench.records.store import Store
from bench.runner import accuracy as accuracy_runner
from bench.runner import breakeven as breakeven_runner
from bench.runner import run as runner
from bench.runner import selftest as selftest_runner
from bench.runner import train as train_runner
from bench.runner.selftest import SelfTestPreset

TRAINER = (sys.executable, str(SUPPORT / "fake_train_worker.py"))
WORKER = (sys.executable, str(SUPPORT / "fake_worker.py"))
IN_A_FOLDER = ["folder", "paths"]
PAGE = (ROOT / "docs" / "scripts.md").read_text()


def documented(command: str) -> list[str]:
    """The fields in the first column of the command's table."""
    table = PAGE.partition(f"\n## {command}\n")[2].partition("\n## ")[0]
    return [name for row in re.findall(r"^\| (`.+?) \|", table, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)]


def printed(capsys: pytest.CaptureFixture[str], command: str, code: Exit) -> dict[str, Any]:
    """The one object on stdout, whose first fields are right."""
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert {**said, "schema": 1, "command": command, "exit_code": int(code)} == said
    return said


def fields(said: dict[str, Any]) -> list[str]:
    return [name for name in said if name not in ("schema", "command", "exit_code", *IN_A_FOLDER)]


@pytest.fixture
def training(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes workers that compute nothing the ones that train, with faults."""

    def fake(*faults: str) -> None:
        command = (*TRAINER, *faults)
        monkeypatch.setattr(accuracy_runner, "execute", partial(accuracy_runner.execute, command=command))
        monkeypatch.setattr(train_runner, "TrainingProcess", partial(train_runner.TrainingProcess, command=command))

    return fake


@pytest.mark.parametrize(("faults", "code"), [((), Exit.OK), (("xla-s1=nan",), Exit.CASE_FAILED)])
def test_of_accuracy(
    faults: tuple[str, ...],
    code: Exit,
    training: Callable[..., None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    training(*faults)
    asked: dict[str, Any] = {"modes": "eager,xla", "seeds": 2, "steps": 300, "data": "synthetic"}
    assert accuracy(**asked, out=tmp_path / "a", json=True) is code
    said = printed(capsys, "accuracy", code)
    assert fields(said) == documented("accuracy")
    assert [mode["mode"] for mode in said["modes"]] == ["eager", "xla"]
    assert [each["seed"] for each in said["failures"]] == ([1] if faults else [])
    assert json.loads((tmp_path / "a" / "summary.json").read_text()) == {**said, "folder": "."}
    report(tmp_path / "a", json=True)
    assert printed(capsys, "accuracy", code) == said


@pytest.mark.parametrize(("faults", "code"), [((), Exit.OK), (("function=nan",), Exit.CASE_FAILED)])
def test_of_a_training(
    faults: tuple[str, ...],
    code: Exit,
    training: Callable[..., None],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    training(*faults)
    assert train(steps=200, display_step=100, data="synthetic", out=tmp_path / "t", json=True) is code
    said = printed(capsys, "train", code)
    assert fields(said) == documented("train")
    assert bool(said["error"]) == bool(faults)
    assert [point["step"] for point in said["points"]] == ([100] if faults else [100, 200])


def test_of_a_self_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(selftest_runner, "PRESETS", (SelfTestPreset("quick", 1, 1, ("eager", "function")),))
    monkeypatch.setattr(selftest_runner, "execute", partial(selftest_runner.execute, command=WORKER))
    assert selftest(data="synthetic", out=tmp_path / "tested", json=True, quiet=True) is Exit.OK
    said = printed(capsys, "selftest", Exit.OK)
    assert fields(said) == documented("selftest")
    assert said["passed"] is True
    assert json.loads((tmp_path / "tested" / "summary.json").read_text()) == {**said, "folder": "."}


def test_of_the_statistics_alone(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(selftest_command, "SIMULATED_RUNS", 20)
    assert selftest(simulate=True, json=True) is Exit.OK
    assert fields(printed(capsys, "selftest", Exit.OK)) == ["machines", "stopping"]


@pytest.mark.parametrize(("fault", "code"), [("function=dear", Exit.OK), ("function=die", Exit.CASE_FAILED)])
def test_of_break_evens(
    fault: str, code: Exit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with Store.create(tmp_path / "run", a_plan(a_group(("eager", "function")))) as store:
        for outcome in outcomes(store.plan, {"eager": 0.02, "eager-again": 0.02, "function": 0.01}):
            assert outcome.measurement
            first_call_s = 0.7 if outcome.case.mode == "function" else 0.3
            store.keep(replace(outcome, measurement=replace(outcome.measurement, first_call_s=first_call_s)))
    monkeypatch.setattr(breakeven_runner, "execute", partial(breakeven_runner.execute, command=(*WORKER, fault)))
    assert breakeven(tmp_path / "run", modes="function", repeats=1, json=True) is code
    said = printed(capsys, "breakeven", code)
    assert fields(said) == documented("breakeven")
    assert bool(said["failures"]) == (code is Exit.CASE_FAILED)


def test_of_a_history(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("one", "two"):
        with Store.create(tmp_path / name, a_plan()) as store:
            for outcome in outcomes(store.plan, {"eager": 0.05, "eager-again": 0.05, "function": 0.02}):
                store.keep(outcome)
    assert history(tmp_path, json=True) is Exit.OK
    said = printed(capsys, "history", Exit.OK)
    assert fields(said) == documented("history")
    assert [run["folder"] for run in said["runs"]] == ["one", "two"]
    assert {case["run"] for case in said["cases"]} == {1, 2}
    (tmp_path / "two" / "plan.json").write_text("{")
    assert history(tmp_path, json=True) is Exit.CASE_FAILED
    assert len(printed(capsys, "history", Exit.CASE_FAILED)["warnings"]) == 1


def test_of_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(runner, "execute", partial(runner.execute, command=WORKER))
    with Store.create(tmp_path / "run", a_plan(a_group(("eager", "function")))) as store:
        for outcome in outcomes(store.plan, {"eager": 0.02, "eager-again": 0.02, "function": 0.01}):
            store.keep(outcome)
    assert advise(store.folder, json=True) is Exit.OK
    said = printed(capsys, "advise", Exit.OK)
    assert (said["mode"], said["step_s"]["value"], said["tried"]) == ("function", pytest.approx(0.01, rel=0.01), None)
    assert advise(store.folder, "threads,dtypes", repetitions=2, data="synthetic", wait=False, json=True) is Exit.OK
    said = printed(capsys, "advise", Exit.OK)
    assert fields(said) == documented("advise")
    assert {each["setting"] for each in said["tried"]} == {"threads-intra-1", "threads-inter-1", None}
    assert (Path(said["folder"]) / said["paths"]["html"]).is_file()


def test_of_an_explanation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    missing = replace(an_explanation(), program=None, missing=(Missing("program", "it has strings"),))
    monkeypatch.setattr(explainer, "explain", lambda *asked: missing)
    assert explain("loop", out=tmp_path / "explained", json=True) is Exit.OK
    said = printed(capsys, "explain", Exit.OK)
    assert fields(said) == documented("explain")
    assert said["program"] is None
    assert said["missing"] == [{"stage": "program", "reason": "it has strings"}]
    assert said["source"]["name"] == "double"


def test_of_devices(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(availability, "probe", lambda: Availability(None, "no answer", (("A card", "580.1"),)))
    assert devices(json=True) is Exit.CASE_FAILED
    said = printed(capsys, "devices", Exit.CASE_FAILED)
    assert fields(said) == documented("devices")


def test_of_names(capsys: pytest.CaptureFixture[str]) -> None:
    assert list_names(json=True) is Exit.OK
    said = printed(capsys, "list", Exit.OK)
    assert fields(said) == documented("list")
    assert "float32" in [each["name"] for each in said["dtypes"]]


@pytest.mark.parametrize("command", ["accuracy", "train", "selftest"])
def test_bad_input_leaves_stdout_empty(command: str, tmp_path: Path) -> None:
    option = "--modes" if command == "accuracy" else "--mode"
    done = bench(command, option, "fast", "--json", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "unknown mode 'fast'" in done.stderr
