"""`advise`: what it says of a run as it is, what it measures, and every way in which it refuses."""

import sys
from functools import partial
from pathlib import Path

import pytest
from builders import a_group, a_plan, outcomes
from places import SUPPORT

from bench.commands.advise import advise
from bench.errors import BenchError, Exit
from bench.machine import settings
from bench.records.store import Store
from bench.runner import run as runner

FAKE = (sys.executable, str(SUPPORT / "fake_worker.py"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run that recommends tf.function."""
    store = Store.create(tmp_path / "run", a_plan(a_group(("eager", "function"))))
    for outcome in outcomes(store.plan, {"eager": 0.02, "eager-again": 0.02, "function": 0.01}):
        store.keep(outcome)
    store.close()
    return store.folder


def test_a_run_alone_says_what_the_best_step_costs_and_what_to_type_next(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert advise(folder) is Exit.OK
    said = capsys.readouterr()
    assert said.out.startswith("tf.function: 10.0 ms a step.")
    assert f"cifar-bench advise {folder} --try all" in said.err


def test_what_is_tried_is_a_run_of_its_own_whose_plan_names_the_settings(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("TF_ENABLE_ONEDNN_OPTS", raising=False)
    monkeypatch.setattr(settings, "cpu_features", lambda: None)
    monkeypatch.setattr(runner, "execute", partial(runner.execute, command=FAKE))
    assert advise(folder, "onednn,xla-flags,dtypes", repetitions=2, data="synthetic", wait=False) is Exit.OK
    said = capsys.readouterr()
    made = folder.with_name("run-advice")
    tried = [case.setting for case in Store.open(made).plan.cases]
    assert tried == ["", "", "onednn-on", "onednn-off", "", ""]
    assert "not tried: XLA's fast math: XLA does not compile tf.function" in said.err
    names = [line.partition(":")[0] for line in said.out.splitlines()]
    assert {"oneDNN on", "oneDNN off", "tf.function, mixed_bfloat16"} <= set(names)
    assert said.out.splitlines()[-1] == f"report: {made / 'report.html'}"
    assert advise(made) is Exit.OK  # as after an interruption, once the run has been resumed
    again = capsys.readouterr().out
    assert again.startswith("oneDNN on: ")
    assert again in said.out
    with pytest.raises(BenchError, match="holds what was tried on a run; type --try with that run's folder"):
        advise(made, "threads")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"try_": "threds"}, "did you mean threads"),
        ({"try_": "xla-flags"}, "nothing of that can be tried here"),
        ({"mode": "xla"}, "unknown mode of this run 'xla'"),
    ],
)
def test_bad_input_is_one_line(folder: Path, options: dict[str, str], message: str) -> None:
    with pytest.raises(BenchError, match=message):
        advise(folder, **options)  # type: ignore[arg-type]


def test_a_run_without_a_best_mode_cannot_be_improved(tmp_path: Path) -> None:
    store = Store.create(tmp_path / "run", a_plan(a_group(("eager", "function"))))
    store.close()
    with pytest.raises(BenchError, match="recommends no mode"):
        advise(store.folder)
