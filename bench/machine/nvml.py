"""The NVIDIA card of a case: clocks, power, temperature, throttling, guests, read through NVML beside the clock.

NVML is NVIDIA's library, `nvidia-ml-py` its Python door (module `pynvml`), part of the extra `gpu`; without it nothing
is read. It is handed in, so that recorded readings serve as well. Leaves out what is made of readings.
"""

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

import psutil

from bench.records.devices import CardLog, Guests, Reading

Value = TypeVar("Value")

SM_CLOCK, MEMORY_CLOCK, TEMPERATURE = 1, 2, 0  # NVML_CLOCK_SM, NVML_CLOCK_MEM, NVML_TEMPERATURE_GPU
# Bits of nvmlDeviceGetCurrentClocksThrottleReasons, but for those of an idle card and of clocks that a person chose.
THROTTLES = {
    0x04: "power cap",
    0x08: "hardware slowdown",
    0x20: "heat (software)",
    0x40: "heat (hardware)",
    0x80: "power brake",
}


class Card:
    """One card. Whatever it does not tell is None."""

    def __init__(self, nvml: Any, handle: Any) -> None:
        self._nvml, self._handle = nvml, handle

    def reading(self) -> Reading:
        """The card now."""
        power = self._ask("nvmlDeviceGetPowerUsage", lambda milliwatts: round(milliwatts / 1000, 1))
        bits = self._ask("nvmlDeviceGetCurrentClocksThrottleReasons", int) or 0
        return Reading(
            sm_mhz=self._ask("nvmlDeviceGetClockInfo", int, SM_CLOCK),
            memory_mhz=self._ask("nvmlDeviceGetClockInfo", int, MEMORY_CLOCK),
            power_w=power,
            temperature_c=self._ask("nvmlDeviceGetTemperature", int, TEMPERATURE),
            throttled=tuple(reason for bit, reason in THROTTLES.items() if bits & bit),
        )

    def guests(self, ours: set[int]) -> Guests:
        """Everyone on the card but the processes `ours`. In a container, those outside may be hidden or nameless."""
        found = self._ask("nvmlDeviceGetComputeRunningProcesses", list)
        used = self._ask("nvmlDeviceGetMemoryInfo", lambda memory: int(memory.used))
        others = None if found is None else tuple(_named(each.pid) for each in found if each.pid not in ours)
        return Guests(others, used)

    def name(self) -> str | None:
        return self._ask("nvmlDeviceGetName", _text)

    def driver(self) -> str | None:
        try:
            return _text(self._nvml.nvmlSystemGetDriverVersion())
        except self._nvml.NVMLError:
            return None

    def _ask(self, question: str, made: Callable[[Any], Value], *arguments: Any) -> Value | None:
        """An answer, or None where this card or driver has none."""
        try:
            return made(getattr(self._nvml, question)(self._handle, *arguments))
        except self._nvml.NVMLError:
            return None


class Diary:
    """What a card does while a case is measured; all None without a card."""

    def __init__(self, card: Card | None, ours: Callable[[], set[int]]) -> None:
        self._card, self._ours = card, ours
        self._slices: list[Reading] = []
        if card:
            self._before, self._guests = card.reading(), card.guests(ours())

    def slice(self) -> None:
        """Called right after a slice, outside its clock."""
        if self._card:
            self._slices.append(self._card.reading())

    def log(self) -> CardLog | None:
        """Called once the last slice is over."""
        if not (card := self._card):
            return None
        after, guests = card.reading(), card.guests(self._ours())
        return CardLog(card.name(), card.driver(), self._before, tuple(self._slices), after, self._guests, guests)


def find(number: int, nvml: Any = None, visible: str | None = None) -> Card | None:
    """The card that a worker calls gpu:`number`; None without NVML, or where that cannot tell which it is.

    Workers count cards by their place on the bus (child.py), as NVML does. `visible` is CUDA_VISIBLE_DEVICES, which
    may leave some out, and names them by number or by GPU-...
    """
    try:
        nvml = nvml or import_module("pynvml")
    except ImportError:
        return None
    visible = os.environ.get("CUDA_VISIBLE_DEVICES") if visible is None else visible
    names = [name.strip() for name in visible.split(",")] if visible else []
    name = names[number] if number < len(names) else str(number)
    try:
        nvml.nvmlInit()
        if name.isdigit():
            return Card(nvml, nvml.nvmlDeviceGetHandleByIndex(int(name)))
        return Card(nvml, nvml.nvmlDeviceGetHandleByUUID(name.encode()))
    except nvml.NVMLError:
        return None


def of_this_run() -> set[int]:
    """Our process, its parent, and all that the parent has started: the block's other cases live at the same time."""
    parent = psutil.Process(os.getppid())
    return {os.getpid(), parent.pid, *(child.pid for child in parent.children(recursive=True))}


def _text(answer: Any) -> str:
    return answer.decode() if isinstance(answer, bytes) else str(answer)


def _named(pid: int) -> str:
    try:
        return f"{psutil.Process(pid).name()} ({pid})"
    except psutil.Error:
        return f"process {pid}"
