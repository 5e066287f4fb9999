"""The records of devices: what TensorFlow sees here, where a step's ops ran, what the GPU did meanwhile.

Seconds, bytes, MHz, watts, degrees Celsius; None = not measured.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FoundDevice:
    """A device that TensorFlow sees, `cpu` or `gpu:N`, and what came of a small convolution on it.

    `difference` is the largest from the CPU's result, relative to the largest value of that. `error` is TensorFlow's.
    """

    device: str
    title: str
    difference: float | None = None
    error: str = ""


@dataclass(frozen=True, slots=True)
class DeviceProbe:
    """What a process that imported TensorFlow saw. `cuda` and `cudnn`: the versions this build is made for."""

    tensorflow: str
    cuda_build: bool
    cuda: str | None
    cudnn: str | None
    found: tuple[FoundDevice, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """How many computing ops of one step ran on a device; `kinds` names them where it is not the case's own."""

    device: str
    ops: int
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Placement:
    """Where one step ran. An op computes where it takes or gives floating-point numbers.

    Left out of `placed` is what hands values on: arguments, results, constants, reading the input. `transfers` are the
    tensors that went from device to device. `compiled`: one program of XLA's, which runs on a single device whole.
    """

    placed: tuple[Placed, ...]
    transfers: tuple[str, ...] = ()
    compiled: bool = False


@dataclass(frozen=True, slots=True)
class Synced:
    """A slice's steps with one wait for the device at the end, and again with one after every step; seconds a step.

    `left_s` is how long the device was still busy once the mode's own wait was over: next to nothing, if that waits.
    `every_s` is None where a call takes many steps: waiting in between would cut the calls up.
    """

    once_s: float
    left_s: float
    every_s: float | None = None


@dataclass(frozen=True, slots=True)
class DeviceTime:
    """What a GPU did while the host timed a few steps, on one time scale: the profiler's.

    The host's clock ran for `window_s`; in it the GPU was busy for `busy_s`, of which `copying_s` went into copies. It
    began `lead_s` after the clock, and was still busy for `after_s` once the clock had stopped: nothing, if that
    waited.
    """

    window_s: float
    busy_s: float
    copying_s: float
    lead_s: float
    after_s: float
    kernels: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The GPU at one moment; `throttled` says why its clocks were throttled, empty where they were not."""

    sm_mhz: int | None = None
    memory_mhz: int | None = None
    power_w: float | None = None
    temperature_c: int | None = None
    throttled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Guests:
    """Who else uses the GPU: processes that are none of the run's, and all memory that is taken, in bytes."""

    processes: tuple[str, ...] | None = None
    used_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class GpuLog:
    """A case's GPU, by NVIDIA's own library: before its first step, right after each slice, and at its end."""

    name: str | None
    driver: str | None
    before: Reading
    slices: tuple[Reading, ...]
    after: Reading
    guests_before: Guests = Guests()
    guests_after: Guests = Guests()

    @property
    def throttled(self) -> int:
        """How many slices had throttled clocks."""
        return sum(bool(reading.throttled) for reading in self.slices)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Every reason there was for it, each once."""
        return tuple(dict.fromkeys(reason for reading in self.slices for reason in reading.throttled))
