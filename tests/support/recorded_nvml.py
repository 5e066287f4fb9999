"""NVIDIA's library as it answered once: a fixed state, and what is told of it in turn."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any


class RecordedNvml:
    """Answers as NVIDIA's library did: a fixed state, throttle bits in turn; asked for what is not there, it raises."""

    class NVMLError(Exception): ...

    def __init__(
        self,
        bits: Sequence[int] = (),
        silent: tuple[str, ...] = (),
        pids: tuple[int, ...] = (),
        joules: Callable[[], float] = lambda: 0.0,
    ) -> None:
        """`joules`: what its energy counter says whenever it is asked."""
        self._bits, self._silent, self._pids, self._joules = iter(bits), silent, pids, joules
        self.asked_for: int | bytes | None = None

    def __getattr__(self, question: str) -> Any:
        if not question.startswith("nvml"):
            raise AttributeError(question)
        if question in self._silent:
            return self._refuse
        return {
            "nvmlInit": lambda: None,
            "nvmlDeviceGetHandleByIndex": self._handle,
            "nvmlDeviceGetHandleByUUID": self._handle,
            "nvmlDeviceGetClockInfo": lambda handle, which: {1: 1980, 2: 2619}[which],
            "nvmlDeviceGetPowerUsage": lambda handle: 412_345,
            "nvmlDeviceGetTotalEnergyConsumption": lambda handle: int(1000 * self._joules()),
            "nvmlDeviceGetTemperature": lambda handle, sensor: 61,
            "nvmlDeviceGetCurrentClocksThrottleReasons": lambda handle: next(self._bits, 0x1),
            "nvmlDeviceGetComputeRunningProcesses": lambda handle: [SimpleNamespace(pid=pid) for pid in self._pids],
            "nvmlDeviceGetMemoryInfo": lambda handle: SimpleNamespace(used=3 * 2**30),
            "nvmlDeviceGetName": lambda handle: b"A GPU",
            "nvmlSystemGetDriverVersion": lambda: "580.1",
        }[question]

    def _handle(self, which: int | bytes) -> str:
        self.asked_for = which
        return "handle"

    def _refuse(self, *_: Any) -> Any:
        raise self.NVMLError("Not Supported")
