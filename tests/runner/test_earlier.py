"""Which runs of a folder speak for a new one, and the spreads that its plan keeps of them."""

from dataclasses import replace
from pathlib import Path

import pytest
from builders import a_group, a_plan, outcomes

from bench.machine import environment
from bench.records.run import Plan
from bench.records.store import Store
from bench.runner.earlier import earlier_runs, with_spreads

PLAN = a_plan(a_group(("eager", "function")))
STEPS = {"eager": 0.05, "eager-again": 0.05, "function": 0.025}


def kept(folder: Path, number: int, gain: float = 1.0, plan: Plan = PLAN) -> None:
    now = replace(environment.read(), at=1e9 + 1500.0 * number)
    with Store.create(folder / f"run{number}", replace(plan, created=f"2026-01-01T00:{number:02}")) as store:
        for outcome in outcomes(plan, {**STEPS, "function": 0.025 / gain}, environment=now):
            store.keep(outcome)


def test_runs_of_the_same_comparison_are_read_and_what_is_broken_or_other_is_passed_over(tmp_path: Path) -> None:
    kept(tmp_path, 0)
    kept(tmp_path, 1, plan=a_plan(a_group(("eager", "graph"))))
    for name, text in (("broken", "{"), ("torn", "")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "plan.json").write_text(text)
    (tmp_path / "run2").mkdir()
    (run,) = earlier_runs(tmp_path, PLAN)
    assert run.plan.created.endswith(":00")
    assert earlier_runs(tmp_path / "nowhere", PLAN) == ()


def test_the_runs_that_come_with_a_clone_are_no_runs_of_this_machine(tmp_path: Path) -> None:
    kept(tmp_path, 0)
    assert len(earlier_runs(tmp_path, PLAN)) == 1
    (tmp_path / "run0").rename(tmp_path / "sample-run")
    assert earlier_runs(tmp_path, PLAN) == ()


def test_a_first_run_here_keeps_what_is_assumed() -> None:
    (spread,) = with_spreads(PLAN, ()).spreads
    assert (spread.baseline, spread.candidate) == (PLAN.cases[0].key, PLAN.cases[2].key)
    assert (spread.spread.tau, spread.spread.source) == (0.025, "assumed")


def test_six_runs_over_two_hours_give_the_plan_a_spread_of_its_own(tmp_path: Path) -> None:
    for number, gain in enumerate((1.0, 1.02, 0.99, 1.01, 0.98, 1.015)):
        kept(tmp_path, number, gain)
    (spread,) = with_spreads(PLAN, earlier_runs(tmp_path, PLAN)).spreads
    assert spread.spread.runs == 6
    assert spread.spread.tau == pytest.approx(0.0155, abs=0.003)
