"""The records of what a case costs in CPU time, memory and operations, as a measurement's file has them."""

from dataclasses import dataclass

from bench.records.devices import Synced


@dataclass(frozen=True, slots=True)
class Profile:
    """A few steps under TensorFlow's profiler, after the timing: `executing_s` of `wall_s` some op was executed.

    `calls` counts the ops (or whole graphs) that Python called. With `on_device`, `executing_s` is the GPU's own busy
    time, for there the host only hands ops over.
    """

    steps: int
    wall_s: float
    executing_s: float
    calls: int
    on_device: bool = False


@dataclass(frozen=True, slots=True)
class Structure:
    """What became of the step before it ran. None where the mode has no such stage, or it cannot be seen.

    `ops_optimised`: operations of the graph that runs, after Grappler. `hlo_optimised`, `fusions`: instructions of
    XLA's program after its optimisation, and how many of them are fused loops. `flops`: floating-point operations of
    a step's traced graph.
    """

    ops_optimised: int | None = None
    hlo_optimised: int | None = None
    fusions: int | None = None
    flops: int | None = None


@dataclass(frozen=True, slots=True)
class Latency:
    """Of single calls of a model, each waited for: so many, their median and what 95 and 99 in 100 stay within."""

    calls: int
    median_s: float
    p95_s: float
    p99_s: float


@dataclass(frozen=True, slots=True)
class Costs:
    """Beside the clock of all slices. `cpu_s`: CPU seconds of the process, all its threads.

    Resident memory is read before the first slice and after the last. `trace_s` is part of the first step; None where
    tracing is not a stage of its own. `device_peak_bytes` is the GPU allocator's high-water mark. The A/A control also
    measures `matmul_flops_per_s`, and on a GPU `batch_copy_s`: moving the images of one batch there from the host's
    memory. These, `profile` and `structure` are taken in a run's first block only: they do not change. `synced` too on
    a CPU. `latency` of inference only.
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
