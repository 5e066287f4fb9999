from builders import FakeClock, FakeTrainer

from bench.records.devices import Synced
from bench.worker.device_costs import synced


class FakeDevice:
    """Is busy for so long after each slice; a wait for nothing takes an eighth of a second, the first one a second."""

    def __init__(self, busy_s: float) -> None:
        self.clock = FakeClock()
        self.trainer = FakeTrainer(clock=self.clock, step_s=0.5)
        self._busy_s, self._waits = busy_s, 0

    def wait(self) -> None:
        self._waits += 1
        self.clock.now += {1: 1.0, 2: 0.125}.get(self._waits, 0.125 + self._busy_s)


def test_what_a_mode_left_to_do_is_told_from_what_a_wait_takes_anyway() -> None:
    sound, hasty = FakeDevice(0.0), FakeDevice(0.25)
    assert synced(sound.trainer, 4, sound.clock, False, sound.wait) == Synced(0.5, 0.0, 0.5)
    assert synced(hasty.trainer, 4, hasty.clock, False, hasty.wait) == Synced(0.5, 0.25, 0.5)
    assert hasty.trainer.steps == 8


def test_a_call_of_many_steps_is_not_cut_up_by_waits() -> None:
    device = FakeDevice(0.0)
    assert synced(device.trainer, 4, device.clock, True, device.wait).every_s is None
    assert device.trainer.steps == 4
