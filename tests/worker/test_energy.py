"""Joules of steps by a counter that is refreshed now and then, on a made-up GPU that draws what it is told to."""

import pytest
from builders import FakeClock, FakeTrainer
from recorded_nvml import RecordedNvml

from bench.machine.nvml import Gpu, find
from bench.worker.energy import STRETCH_S, energy, metered

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
    assert found.seconds >= STRETCH_S
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
