"""The records of what a case costs in CPU time, memory and operations, as a measurement's file has them."""

from dataclasses import dataclass

from bench.records.devices import DeviceTime, Synced
from bench.records.replicas import AllReduceCost


@dataclass(frozen=True, slots=True)
class Profile:
    """A few steps under TensorFlow's profiler, after the timing: `executing_s` of `wall_s` some op was executed.

    `calls` counts the ops (or whole graphs) that Python called. With `on_device`, `executing_s` is the GPU's own busy
    time, for there the host only hands ops over; `device` says how that lies in the host's time. `compilations` counts
    the programs that XLA compiled meanwhile, in calls like the timed ones; None where nobody could see any: in older
    files, in modes without XLA, and where TensorFlow's profiler does not note compilations as we know them.
    """

    steps: int
    wall_s: float
    executing_s: float
    calls: int
    on_device: bool = False
    device: DeviceTime | None = None
    compilations: int | None = None


@dataclass(frozen=True, slots=True)
class OperationTime:
    """One kind of TensorFlow operation in some steps: CPU seconds of all threads, and how many kernels of it ran.

    `onednn`: whether its kernels are oneDNN's; older records say so of graphs only.
    """

    name: str
    cpu_s: float
    kernels: int
    onednn: bool = False


@dataclass(frozen=True, slots=True)
class StepOperations:
    """Where the CPU time of a few untimed steps went, with all threads on one core, most time first.

    `cpu_s` is the process' CPU time for them, `runtime_s` of it was spent in TensorFlow's runtime while it executed no
    operation: dispatching, scheduling, waiting threads. What is left is Python.
    """

    steps: int
    cpu_s: float
    runtime_s: float
    operations: tuple[OperationTime, ...]


@dataclass(frozen=True, slots=True)
class Structure:
    """What became of the step before it ran. None where the mode has no such stage, or it cannot be seen.

    `ops_optimised`: operations of the graph that runs, after Grappler. `hlo_optimised`, `fusions`: instructions of
    XLA's program after its optimisation, and how many of them are fused loops. `flops`: floating-point operations that
    a step executes; in older files those of its trace. `fused`: kinds of operations that one kernel executes together.
    """

    ops_optimised: int | None = None
    hlo_optimised: int | None = None
    fusions: int | None = None
    flops: int | None = None
    fused: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Traced:
    """A trace of so many untimed steps: its file in the run's folder, how many markers and events it holds."""

    file: str
    steps: int
    markers: int
    events: int


@dataclass(frozen=True, slots=True)
class Latency:
    """Of single calls of a model, each waited for: so many, their median and what 95 and 99 in 100 stay within."""

    calls: int
    median_s: float
    p95_s: float
    p99_s: float


@dataclass(frozen=True, slots=True)
class Energy:
    """What a GPU used over some seconds of steps after the timing, by its own counter, the other cases idle.

    `joules` over `stretch_s`, in which `energy_steps` steps were taken. `idle_w`: its power right before, with the same
    processes alive and nothing to compute. The GPU alone: not the CPU, the host's memory, the fans of the machine.
    """

    energy_steps: int
    stretch_s: float
    joules: float
    idle_w: float


@dataclass(frozen=True, slots=True)
class Costs:
    """Beside the clock of all slices. `cpu_s`: CPU seconds of the process, all its threads.

    Resident memory is read before the first slice and after the last. `trace_s` is part of the first step; None where
    tracing is not a stage of its own. `device_peak_bytes` is the GPU allocator's high-water mark. The A/A control also
    measures `matmul_flops_per_s`, and on a GPU `batch_copy_s`: moving the images of one batch there from the host's
    memory. These, `profile`, `structure` and `operations` (CPU only) are taken in a run's first block only: they do not
    change. `synced` too on a CPU. `latency` of inference only. `trace` where the run keeps traces. `all_reduce` of
    several replicas only. `energy` on a GPU that counts it, in the first blocks.
    """

    cpu_s: float
    memory_before_bytes: int
    memory_after_bytes: int
    trace_s: float | None = None
    device_peak_bytes: int | None = None
    matmul_flops_per_s: float | None = None
    profile: Profile | None = None
    structure: Structure | None = None
    synced: Synced | None = None
    batch_copy_s: float | None = None
    latency: Latency | None = None
    operations: StepOperations | None = None
    trace: Traced | None = None
    all_reduce: AllReduceCost | None = None
    energy: Energy | None = None
