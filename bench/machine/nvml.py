"""The NVIDIA GPU of a case: clocks, power, temperature, throttling, other users, read through NVML, not timed.

NVML is NVIDIA's library, `nvidia-ml-py` its Python binding (module `pynvml`), part of the extra `gpu`; without it
nothing is read. It is passed in, so that tests can use recorded readings.
"""

import os
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

import psutil

from bench.records.devices import GpuLog, Guests, Reading

Value = TypeVar("Value")

SM_CLOCK, MEMORY_CLOCK, TEMPERATURE = 1, 2, 0  # NVML_CLOCK_SM, NVML_CLOCK_MEM, NVML_TEMPERATURE_GPU
# Bits of nvmlDeviceGetCurrentClocksThrottleReasons, but for those of an idle GPU and of clocks that a person chose.
THROTTLES = {
    0x04: "power cap",
    0x08: "hardware slowdown",
    0x20: "heat (software)",
    0x40: "heat (hardware)",
    0x80: "power brake",
}


class Gpu:
    """One GPU. Whatever it does not report is None."""

    def __init__(self, nvml: Any, handle: Any) -> None:
        self._nvml, self._handle = nvml, handle

    def reading(self) -> Reading:
        """The GPU now."""
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
        """Everyone on the GPU but the processes `ours`. In a container, those outside may be hidden or nameless."""
        running = self._ask("nvmlDeviceGetComputeRunningProcesses", list)
        used = self._ask("nvmlDeviceGetMemoryInfo", lambda memory: int(memory.used))
        others = None if running is None else tuple(_named(each.pid) for each in running if each.pid not in ours)
        return Guests(others, used)

    def energy_j(self) -> float | None:
        """What the GPU has used since its driver was loaded, in joules; GPUs before Volta do not count it."""
        return self._ask("nvmlDeviceGetTotalEnergyConsumption", lambda millijoules: millijoules / 1000)

    def name(self) -> str | None:
        return self._ask("nvmlDeviceGetName", _text)

    def driver(self) -> str | None:
        try:
            return _text(self._nvml.nvmlSystemGetDriverVersion())
        except self._nvml.NVMLError:
            return None

    def _ask(self, question: str, convert: Callable[[Any], Value], *arguments: Any) -> Value | None:
        """An answer, or None where this GPU or driver has none."""
        try:
            return convert(getattr(self._nvml, question)(self._handle, *arguments))
        except self._nvml.NVMLError:
            return None


class GpuLogger:
    """What a GPU does while a case is measured; nothing without one. `ours`: the processes of this run."""

    def __init__(self, gpu: Gpu | None, ours: Callable[[], set[int]]) -> None:
        self._gpu, self._ours = gpu, ours
        self._before = gpu.reading() if gpu else Reading()
        self._guests_before = gpu.guests(ours()) if gpu else Guests()
        self._slices: list[Reading] = []

    def read_slice(self) -> None:
        """Called right after a slice; not timed."""
        if self._gpu:
            self._slices.append(self._gpu.reading())

    def log(self) -> GpuLog | None:
        """Called once the last slice is over."""
        if not (gpu := self._gpu):
            return None
        after, guests = gpu.reading(), gpu.guests(self._ours())
        return GpuLog(gpu.name(), gpu.driver(), self._before, tuple(self._slices), after, self._guests_before, guests)


def find(number: int, nvml: Any = None, visible: str | None = None) -> Gpu | None:
    """The GPU that a worker calls gpu:`number`; None without NVML, or if NVML cannot identify it.

    Workers count GPUs by their place on the bus (modes/process_env.py), as NVML does. `visible` is
    CUDA_VISIBLE_DEVICES, which may leave some out, and names them by number or by GPU-...
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
            return Gpu(nvml, nvml.nvmlDeviceGetHandleByIndex(int(name)))
        return Gpu(nvml, nvml.nvmlDeviceGetHandleByUUID(name.encode()))
    except nvml.NVMLError:
        return None


def count(nvml: Any = None) -> int:
    """How many GPUs NVIDIA's driver has; 0 without NVML."""
    try:
        nvml = nvml or import_module("pynvml")
    except ImportError:
        return 0
    try:
        nvml.nvmlInit()
        return int(nvml.nvmlDeviceGetCount())
    except nvml.NVMLError:
        return 0


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
