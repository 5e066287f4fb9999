"""Break-evens tried out on fake workers, whose clock is injected."""

import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builders import a_group, a_plan, outcomes
from places import SUPPORT
from started import stop_the_first
from watcher import Watcher

from bench.errors import BenchError
from bench.records.breakeven import TriedBreakEven
from bench.records.folders import read_break_evens
from bench.records.store import Store
from bench.report.run import build
from bench.report.sections import breakeven as section
from bench.runner import breakeven
from bench.runner.run import STOPPED
from bench.runner.worker_process import WorkerProcess
from cifar_core.cifar10 import SYNTHETIC

FAKE = (sys.executable, str(SUPPORT / "fake_worker.py"))


def a_store(folder: Path) -> Store:
    """A run that predicts: tf.function, 10 ms a step instead of 20, starts 0.4 s later, so 40 steps repay it."""
    store = Store.create(folder / "run", a_plan(a_group(("eager", "function", "xla"))))
    for outcome in outcomes(store.plan, {"eager": 0.02, "eager-again": 0.02, "function": 0.01, "xla": 0.04}):
        assert outcome.measurement
        dear = 0.7 if outcome.case.mode == "function" else 0.3
        store.keep(replace(outcome, measurement=replace(outcome.measurement, first_call_s=dear)))
    return store


def test_a_prediction_that_is_right_holds_at_half_and_at_twice_its_steps(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    wanted = breakeven.plan(store, ["function", "xla"], repeats=3)
    assert [entry[3] for entry in wanted[:2]] == [21, 81]
    assert len(wanted) == 2 * 3  # XLA is slower and predicts nothing
    tried = breakeven.execute(store, SYNTHETIC, wanted, Watcher(), (*FAKE, "function=dear"))
    below, above = section.table(tried).rows
    assert (below["expected"], below["verdict"], below["pairs"]) == ("below 1", "likely held", 3)
    assert (above["expected"], above["verdict"], above["steps"]) == ("above 1", "likely held", 81)
    assert "| tf.function | 40 steps | 81 |" in build(store).path.read_text()


def test_a_prediction_that_is_wrong_does_not_hold(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    tried = breakeven.execute(store, SYNTHETIC, breakeven.plan(store, ["function"], 3), Watcher(), FAKE)
    assert [row["verdict"] for row in section.table(tried).rows] == ["likely did not hold", "likely held"]


def test_trials_are_kept_one_by_one_and_gone_on_with(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    breakeven.execute(store, SYNTHETIC, breakeven.plan(store, ["function"], 1), Watcher(), (*FAKE, "function=dear"))
    first = read_break_evens(store.folder)
    watcher = Watcher()
    wanted = breakeven.plan(store, ["function"], 2)
    tried = breakeven.execute(store, SYNTHETIC, wanted, watcher, (*FAKE, "function=dear"))
    assert len(first.trials) == watcher.blocks == 2
    assert tried.trials[:2] == first.trials
    assert read_break_evens(store.folder) == tried


def test_a_worker_that_fails_is_named_and_the_other_trials_are_made(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    wanted = breakeven.plan(store, ["function"], 1)
    tried = breakeven.execute(store, SYNTHETIC, wanted, Watcher(), (*FAKE, "function=fail"))
    assert [failure.message for failure in tried.failures] == ["injected failure"] * 2
    assert "injected failure" in str(section.section(tried).parts)
    again = breakeven.execute(store, SYNTHETIC, breakeven.plan(store, ["function"], 1), Watcher(), FAKE)
    assert (len(again.trials), again.failures) == (2, ())


def test_a_run_that_predicts_nothing_says_so(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match="predicts no break-even for xla; see its report"):
        breakeven.plan(a_store(tmp_path), ["xla"], 3)


@pytest.mark.skipif(sys.platform != "linux", reason="that a process was stopped is told by Linux' keepers")
def test_a_trial_in_which_a_worker_was_stopped_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = a_store(tmp_path)
    made = list[bool]()

    def counted(*entry: Any) -> tuple[TriedBreakEven, bool]:
        trial, undisturbed = one_try(*entry)
        made.append(undisturbed)
        return trial, undisturbed

    one_try = breakeven._try
    monkeypatch.setattr(breakeven, "_try", counted)
    watcher = Watcher("21 steps", lambda: threading.Thread(target=stop_the_first).start())
    tried = breakeven.execute(
        store, SYNTHETIC, breakeven.plan(store, ["function"], 1), watcher, (*FAKE, "eager=slow", "function=slow")
    )
    assert made == [False, True, True]
    assert (len(tried.trials), tried.failures) == (2, ())


def test_a_trial_that_is_stopped_each_time_is_a_failure_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WorkerProcess, "stopped", property(lambda _: True, lambda *_: None), raising=False)
    store = a_store(tmp_path)
    tried = breakeven.execute(store, SYNTHETIC, breakeven.plan(store, ["function"], 1), Watcher(), FAKE)
    assert tried.trials == ()
    assert {failure.message for failure in tried.failures} == {STOPPED}
