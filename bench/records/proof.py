"""The records that show equal work and proof of mode, as they stand in a measurement's file."""

from dataclasses import dataclass

from bench.records.devices import Placement


@dataclass(frozen=True, slots=True)
class GradientSketch:
    """One weight's first gradient: its L2 norm, and its projections on a few fixed random directions.

    The root mean square difference of two sketches' projections estimates the L2 norm of the gradients' difference.
    `noise` is the L2 norm of this gradient's change when every weight moves by one rounding. `far_noise` (float32 only)
    is by how much it changes more than in proportion when each moves by many. Only the baseline measures them: None in
    other cases and in older files.
    """

    weight: str
    norm: float | None
    projections: tuple[float | None, ...]
    noise: float | None = None
    far_noise: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows equal work before any timing; `by_change` where `gradients` are of the weights' first change.

    `random_layers` names the kinds of a Keras model's layers that draw random numbers in training; None: unknown.
    `moved_losses` are the first losses of a training whose weights moved by one rounding each before its first step.
    Only the baseline has them.
    """

    batches_digest: str
    weights_digest: str
    first_losses: tuple[float | None, ...]
    gradients: tuple[GradientSketch, ...]
    by_change: bool = False
    random_layers: tuple[str, ...] | None = None
    moved_losses: tuple[float | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Execution:
    """What TensorFlow itself says of how a mode ran the steps. Zeros are findings: eager has no traces.

    `graph_ops` counts the operations of a call's graph before Grappler, `loops` the while loops in it.
    `xla_compilations` counts the traces that TensorFlow must compile, for it fails rather than falls back; `clusters`
    the parts of a graph that it chose to compile. `converted` says whether AutoGraph rewrote the step, None where
    nothing is traced, `fallbacks` what it left as it was, with its reasons, `retraces` what changed in the
    arguments from a trace to the next. `devices` are those of the loss and every variable. `cache_reads` counts the
    programs that were read from XLA's disk cache instead of being compiled.
    """

    traces: int = 0
    graph_ops: int = 0
    xla_compilations: int = 0
    hlo_instructions: int | None = None
    devices: tuple[str, ...] = ()
    clusters: int = 0
    loops: int = 0
    converted: bool | None = None
    fallbacks: tuple[str, ...] = ()
    retraces: tuple[str, ...] = ()
    cache_reads: int = 0


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence after timing that the case was what its name says. `updates` is the optimizer's own count.

    `io_bytes_while_timing` is what the process read and wrote during its slices; 0 where the system does not say.
    `placement` is looked up in the first block of a case on a GPU; a case on the CPU sees no other device.
    """

    execution: Execution
    traces_while_timing: int
    updates: int
    updates_expected: int
    io_bytes_while_timing: int | None = None
    placement: Placement | None = None
