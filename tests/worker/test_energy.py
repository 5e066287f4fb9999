"""Joules of steps by a counter that is refreshed now and then, on a made-up GPU that draws what it is told to."""

import time
from dataclasses import replace

import pytest
from builders import ENVIRONMENT, SCHEDULE, FakeClock, FakeTrainer, a_case, a_costs
from recorded_nvml import RecordedNvml

from bench.machine.nvml import Gpu, find
from bench.records.messages import Order
from bench.worker import diagnostics
from bench.worker import energy as worker_energy
from bench.worker.diagnostics import diagnose
from bench.worker.energy import STRETCH_S, energy, metered
from cifar_core.cifar10 import SYNTHETIC

IDLE_W, BUSY_W = 90.0, 400.0


class Card:
    """Draws BUSY_W while steps are taken and IDLE_W otherwise; its counter is refreshed every `refresh_s`."""

    def __init__(self, step_s: float, refresh_s: float = 0.1, silent: tuple[str, ...] = ()) -> None:
        self.clock = FakeClock()
        self.trainer = FakeTrainer(clock=self.clock, step_s=step_s)
        self._refresh_s, self._counted, self._refreshed = refresh_s, 0.0, 0.0
        self._busy_s = 0.0
        run = self.trainer.run

        def busy(steps: int) -> None:
            self._busy_s += steps * step_s
            run(steps)

        self.trainer.run = busy  # type: ignore[method-assign]
        self.nvml = RecordedNvml(silent=silent, joules=self._counter)

    def gpu(self) -> Gpu:
        found = find(0, self.nvml)
        assert found
        return found

    def sleep(self, seconds: float) -> None:
        self.clock.now += seconds

    def _counter(self) -> float:
        if self.clock.now - self._refreshed >= self._refresh_s:
            self._refreshed = self.clock.now
            self._counted = BUSY_W * self._busy_s + IDLE_W * (self.clock.now - self._busy_s)
        return self._counted


@pytest.mark.parametrize("step_s", [1e-4, 0.02, 1.5])
@pytest.mark.parametrize("refresh_s", [0.0, 0.1])
def test_joules_a_step_and_idle_power_come_out(step_s: float, refresh_s: float) -> None:
    card = Card(step_s, refresh_s)
    found = energy(card.trainer, card.gpu(), max(1, round(0.05 / step_s)), card.clock, card.sleep)
    assert found
    assert found.stretch_s >= STRETCH_S
    assert found.joules / found.energy_steps == pytest.approx(BUSY_W * step_s, rel=1e-3)
    assert found.idle_w == pytest.approx(IDLE_W, rel=1e-3)


def test_a_card_that_counts_no_energy_and_a_cpu_have_none() -> None:
    card = Card(0.01, silent=("nvmlDeviceGetTotalEnergyConsumption",))
    assert energy(card.trainer, card.gpu(), 5, card.clock, card.sleep) is None
    assert energy(card.trainer, None, 5, card.clock, card.sleep) is None
    assert card.trainer.steps == 0


def test_a_counter_that_stands_still_is_no_measurement() -> None:
    card = Card(0.001, refresh_s=1e9)
    assert energy(card.trainer, card.gpu(), 5, card.clock, card.sleep) is None


@pytest.mark.parametrize("seconds", [0.01, 0.5, 20.0])
def test_the_joules_of_a_training_are_counted_to_its_end_and_no_waiting_is_timed(seconds: float) -> None:
    card = Card(seconds, refresh_s=0.1)
    spent = metered(card.gpu(), card.clock, card.sleep)(lambda: card.trainer.run(1))
    assert spent.seconds == pytest.approx(seconds)
    assert spent.joules == pytest.approx(BUSY_W * seconds, rel=0.02)


def test_a_training_without_a_counter_is_timed_all_the_same() -> None:
    card = Card(0.5, silent=("nvmlDeviceGetTotalEnergyConsumption",))
    for gpu in (card.gpu(), None):
        spent = metered(gpu, card.clock, card.sleep)(lambda: card.trainer.run(1))
        assert (spent.seconds, spent.joules) == (pytest.approx(0.5), None)


def test_a_case_on_a_gpu_hands_over_its_energy_whatever_its_framework(monkeypatch: pytest.MonkeyPatch) -> None:
    """In real time, for the diagnostics sleep by themselves."""
    began = time.perf_counter()
    nvml = RecordedNvml(joules=lambda: 300.0 * (time.perf_counter() - began))
    monkeypatch.setattr(diagnostics, "gpu_of", lambda device: find(0, nvml) if device == "gpu" else None)
    for name, seconds in (("STRETCH_S", 0.2), ("REST_S", 0.0), ("IDLE_S", 0.1)):
        monkeypatch.setattr(worker_energy, name, seconds)
    trainer = FakeTrainer("torch_eager", on_step=lambda steps: time.sleep(0.001))
    costs = a_costs("torch_eager")
    for device in ("gpu", "cpu"):
        order = Order(replace(a_case("torch_eager"), device=device), 1, SCHEDULE, ENVIRONMENT, SYNTHETIC)
        found = diagnose(order, trainer, 5, time.perf_counter, costs).costs.energy  # type: ignore[arg-type]
        assert bool(found) == (device == "gpu")
        if found:
            assert found.joules / found.stretch_s == pytest.approx(300, rel=0.05)
            assert found.stretch_s >= 0.2
            assert found.energy_steps >= 5
