"""What NVML says of the GPU, and what its clocks do under a load of some seconds."""

from bench.machine.nvml import Gpu
from bench.records.devices import Reading
from bench.records.facts import DeviceFact
from bench.worker.facts.subject import Subject

LOAD_S = 4.0
STEPS = 50  # between two readings
FALL = 0.95  # a clock that ends below this share of its highest has fallen


def readings(subject: Subject) -> DeviceFact:
    """Which of the readings this GPU and driver give."""
    title = "NVML"
    if not subject.on_gpu:
        return DeviceFact(title, "", gpu_only=True)
    if not subject.gpu:
        return DeviceFact(title, "no readings: python -m pip install '.[gpu]'", False)
    return DeviceFact(title, in_one_line(subject.gpu), subject.gpu.energy_j() is not None)


def in_one_line(gpu: Gpu) -> str:
    """The readings of now in one line; what is not reported is named."""
    now, energy = gpu.reading(), gpu.energy_j()
    parts = {
        "SM clock": now.sm_mhz and f"{now.sm_mhz} MHz",
        "memory clock": now.memory_mhz and f"{now.memory_mhz} MHz",
        "power": now.power_w and f"{now.power_w:g} W",
        "temperature": now.temperature_c and f"{now.temperature_c} C",
        "energy counter": energy and f"{energy:,.0f} J",
    }
    name = f"{gpu.name() or 'unnamed'}, driver {gpu.driver() or 'unknown'}"
    missing = [title for title, text in parts.items() if not text]
    unknown = f"; not reported: {', '.join(missing)}" if missing else ""
    return f"{name}; " + ", ".join(f"{title} {text}" for title, text in parts.items() if text) + unknown


def under_load(subject: Subject) -> DeviceFact:
    """SM clock, power and temperature over some seconds of training steps, read between them."""
    title = "clocks under load"
    if not subject.on_gpu or not subject.gpu:
        return DeviceFact(title, "", gpu_only=True)
    trainer, seen = subject.trainer("function"), [subject.gpu.reading()]
    end = subject.clock() + LOAD_S
    while subject.clock() < end:
        trainer.run(STEPS)
        trainer.sync()
        seen.append(subject.gpu.reading())
    return judged(seen)


def judged(seen: list[Reading]) -> DeviceFact:
    """The first reading is of before the load."""
    title, loaded = "clocks under load", seen[1:]
    clocks = [reading.sm_mhz for reading in loaded if reading.sm_mhz is not None]
    if not clocks:
        return DeviceFact(title, "the SM clock is not reported")
    reasons = dict.fromkeys(reason for reading in loaded for reason in reading.throttled)
    powers = [reading.power_w for reading in loaded if reading.power_w is not None]
    power = f", up to {max(powers):.0f} W" if powers else ""
    why = f", throttled: {', '.join(reasons)}" if reasons else ""
    found = f"SM {seen[0].sm_mhz} MHz before, {max(clocks)} at most, {clocks[-1]} at the end{power}{why}"
    return DeviceFact(title, found, not reasons and clocks[-1] >= FALL * max(clocks))
