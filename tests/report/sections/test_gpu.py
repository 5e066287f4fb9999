"""The GPU's part of the section on devices: its state, copies, synchronisation, and what NVML did not tell."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from builders import a_gpu_log, a_plan
from two_devices import BOTH, a_device_run, cases, measured

from bench.analysis.analyse import analyse
from bench.analysis.results import Run
from bench.records.devices import Reading
from bench.records.run import Outcome
from bench.records.store import Store
from bench.report import run as report


def built(folder: Path, run: Run) -> str:
    store = Store.create(folder, run.plan)
    for outcome in run.outcomes:
        store.keep(outcome)
    return report.build(store).path.read_text()


def test_the_section_tells_what_the_card_did(tmp_path: Path) -> None:
    text = built(tmp_path, a_device_run(*BOTH, gains={64: 4.0}))
    section = text.split("## Devices (synthetic images)")[1].split("\n## ")[0]
    card = pd.read_csv(tmp_path / "tables" / "card.csv")
    assert set(card["throttled"]) == {"6 of 18 (power cap)"}
    assert set(card["sm_mhz"]) == {"1,980 (1,500 to 1,980)"}
    assert set(card["temperature_c"]) == {"35 to 61"}
    assert "| GPU:0 80 | int32 index: CPU:0 to GPU:0 |" in section
    moving = pd.read_csv(tmp_path / "tables" / "moving.csv")
    assert moving[["size", "title"]].to_numpy().tolist() == [[64, "tf.function"]]
    assert moving["share"][0] == pytest.approx(2.5e-4 / 0.00625, rel=0.01)
    waiting = pd.read_csv(tmp_path / "tables" / "waiting.csv")
    assert waiting["times_as_long"].tolist() == pytest.approx([1.5, 1.5])
    assert "the card's clocks were held down in 6 of 18 slices (power cap)" in text


def test_the_energy_of_a_step_has_an_interval_and_what_idling_takes_beside_it(tmp_path: Path) -> None:
    text = built(tmp_path, a_device_run(*BOTH, gains={64: 4.0}))
    table = pd.read_csv(tmp_path / "tables" / "energy.csv")
    assert len(table) == 3  # eager, its A/A control, tf.function; nothing of the CPU
    assert table["joules"].to_numpy() == pytest.approx([2.525] * 3, rel=1e-4)
    assert (table["joules_low"] < 2.525).all()
    assert table["above_idle"].to_numpy() == pytest.approx([1.525] * 3, rel=1e-3)
    assert table["idle_w"].to_numpy() == pytest.approx([100.0] * 3)
    assert "The GPU's own energy counter over at least 3 s of steps" in text


def test_what_nvml_did_not_tell_is_a_dash(tmp_path: Path) -> None:
    plan = a_plan(cases(*BOTH))
    mute = replace(a_gpu_log(Reading(), Reading()), before=Reading(), name=None)
    records = [
        Outcome(measurement=replace(o.measurement, card=mute)) if o.measurement and o.measurement.card else o
        for o in measured(plan, {64: 4.0})
    ]
    built(tmp_path, analyse(plan, records))
    card = pd.read_csv(tmp_path / "tables" / "card.csv")
    assert set(card["sm_mhz"]) == set(card["power_w"]) == set(card["temperature_c"]) == {"–"}
    assert set(card["card"]) == {"unknown, driver 580.1"}


def test_a_run_on_one_device_has_no_such_section(tmp_path: Path) -> None:
    assert "## Devices" not in built(tmp_path, a_device_run(("cpu", 0), gains={64: 1.0}))


def test_the_gpus_time_stands_beside_the_hosts_and_a_clock_that_stopped_too_early_is_a_warning(tmp_path: Path) -> None:
    run = a_device_run(*BOTH, gains={64: 4.0})
    sound = built(tmp_path / "sound", run)
    table = pd.read_csv(tmp_path / "sound" / "tables" / "device_time.csv")
    assert table["window_s"].to_numpy() == pytest.approx([0.04] * 3)
    assert table["busy_share"].to_numpy() == pytest.approx([0.75] * 3)
    assert set(table["kernels"]) == {80}
    assert "its GPU was busy for" not in sound

    def hasty(outcome: Outcome) -> Outcome:
        m = outcome.measurement
        if not m or not m.costs or not m.costs.profile or not m.costs.profile.device or m.case.mode != "function":
            return outcome
        device = replace(m.costs.profile.device, after_s=0.05)
        costs = replace(m.costs, profile=replace(m.costs.profile, device=device))
        return Outcome(measurement=replace(m, costs=costs))

    late = built(tmp_path / "late", analyse(run.plan, [hasty(outcome) for outcome in run.outcomes]))
    assert "its GPU was busy for 50 ms after the clock of 200 ms had stopped" in late
