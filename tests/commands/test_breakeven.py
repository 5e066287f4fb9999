"""`breakeven`: what is refused, and the exit code of every end that the trials can come to."""

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest
from builders import a_group, a_plan, outcomes
from places import SUPPORT

from bench.commands.breakeven import breakeven
from bench.errors import BenchError, Exit
from bench.records.store import Store
from bench.runner import breakeven as runner

FAKE = (sys.executable, str(SUPPORT / "fake_worker.py"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A run that predicts a break-even for tf.function: 10 ms a step instead of 20, and it starts 0.4 s later."""
    store = Store.create(tmp_path / "run", a_plan(a_group(("eager", "function"))))
    for outcome in outcomes(store.plan, {"eager": 0.02, "eager-again": 0.02, "function": 0.01}):
        assert outcome.measurement
        first_call_s = 0.7 if outcome.case.mode == "function" else 0.3
        store.keep(replace(outcome, measurement=replace(outcome.measurement, first_call_s=first_call_s)))
    store.close()
    return store.folder


def tried(folder: Path, monkeypatch: pytest.MonkeyPatch, *faults: str) -> Exit:
    """One trial at each number of steps, with workers that compute nothing."""
    monkeypatch.setattr(runner, "execute", partial(runner.execute, command=(*FAKE, *faults)))
    return breakeven(folder, modes="function", repeats=1)


def test_trials_that_are_made_are_shown_and_put_into_the_report(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tried(folder, monkeypatch, "function=dear") is Exit.OK
    *table, last = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("tf.function") for line in table) == 2
    assert last == f"report: {folder / 'report.html'}"


def test_a_trial_that_fails_fails_the_command(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert tried(folder, monkeypatch, "function=die") is Exit.CASE_FAILED
    assert "total: killed from outside (SIGKILL)" in capsys.readouterr().err


def test_interrupted_trials_say_how_to_go_on(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(*arguments: object, **options: object) -> NoReturn:
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, "execute", interrupt)
    assert breakeven(folder, modes="function") is Exit.INTERRUPTED
    assert capsys.readouterr().err.endswith(f"type the same again to go on with {folder}\n")


def test_no_repeats_are_refused(folder: Path) -> None:
    with pytest.raises(BenchError, match="0 repeats try nothing"):
        breakeven(folder, repeats=0)
