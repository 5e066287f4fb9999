"""What NVML says of a GPU before anything is measured on it, on recorded readings."""

from dataclasses import replace

import pytest
from builders import A_READING
from recorded_nvml import RecordedNvml

from bench.machine.nvml import find
from bench.records.devices import Reading
from bench.worker.facts.card import in_one_line, judged


def at(*clocks: int, throttled: tuple[str, ...] = ()) -> list[Reading]:
    return [replace(A_READING, sm_mhz=mhz, throttled=throttled) for mhz in clocks]


def test_all_readings_stand_in_a_line_and_what_is_not_told_is_named() -> None:
    whole, silent = RecordedNvml(joules=lambda: 5000.0), RecordedNvml(silent=("nvmlDeviceGetTotalEnergyConsumption",))
    lines = [in_one_line(gpu) for nvml in (whole, silent) if (gpu := find(0, nvml))]
    assert lines[0] == (
        "A GPU, driver 580.1; SM clock 1980 MHz, memory clock 2619 MHz, power 412.3 W, temperature 61 C, "
        "energy counter 5,000 J"
    )
    assert lines[1].endswith("temperature 61 C; not reported: energy counter")


@pytest.mark.parametrize(
    ("seen", "sound"),
    [
        (at(345, 1980, 1980, 1965), True),  # an idle GPU's clock is low before
        (at(345, 1980, 1980, 1500), False),
        (at(345, 1980, 1980, throttled=("power cap",)), False),
    ],
)
def test_clocks_that_fall_under_load_or_are_throttled_are_not_sound(seen: list[Reading], sound: bool) -> None:
    fact = judged(seen)
    assert fact.sound is sound
    assert fact.found.startswith("SM 345 MHz before, 1980 at most, ")


def test_a_card_that_does_not_tell_its_clock_is_not_judged() -> None:
    assert judged([Reading(), Reading()]).sound is None
