"""The section on conditions: warnings of the machine and of the A/A control."""

from dataclasses import replace
from pathlib import Path

from builders import ENVIRONMENT, a_plan, outcomes
from built_reports import STEPS, built

from bench.records.run import Outcome
from bench.records.store import Store
from bench.report import run as report


def test_blocks_measured_under_other_conditions_are_a_warning(tmp_path: Path) -> None:
    alike, resumed = [], []
    for outcome in outcomes(a_plan(), STEPS):
        assert outcome.measurement
        there = replace(ENVIRONMENT, at=60.0 * outcome.block, load_before=0.1 * outcome.block)
        elsewhere = replace(there, cpu="another CPU", commit=None) if outcome.block == 5 else there
        alike.append(Outcome(measurement=replace(outcome.measurement, environment=there)))
        resumed.append(Outcome(measurement=replace(outcome.measurement, environment=elsewhere)))
    assert "these differ: cpu, commit" in built(tmp_path / "resumed", resumed).path.read_text()
    assert "these differ" not in built(tmp_path / "alike", alike).path.read_text()


def test_a_a_that_misses_1_is_a_warning(tmp_path: Path) -> None:
    text = built(tmp_path, outcomes(a_plan(), {**STEPS, "eager-again": 0.06})).path.read_text()
    assert "does **not** contain 1" in text


def test_time_that_a_hypervisor_takes_is_warned_of(tmp_path: Path) -> None:
    steps = {"eager": 0.05, "eager-again": 0.05, "function": 0.02}
    for name, stolen, warned in (("a", 0.13, True), ("b", 0.001, False)):
        store = Store.create(tmp_path / name, a_plan())
        for outcome in outcomes(a_plan(), steps, environment=replace(ENVIRONMENT, stolen=stolen)):
            store.keep(outcome)
        text = report.build(store).path.read_text()
        assert ("took up to 13% of this machine's CPU time" in text) == warned
        assert "CPU time stolen in a repetition, at most" in text
