"""The records that show equal work and proof of mode, as they stand in a measurement's file."""

from dataclasses import dataclass

from bench.records.devices import Placement
from bench.records.replicas import ReplicaProof


@dataclass(frozen=True, slots=True)
class GradientSketch:
    """One weight's first gradient: its L2 norm, and its projections on a few fixed random directions.

    The root mean square difference of two sketches' projections estimates the L2 norm of the gradients' difference.
    `noise` is the L2 norm of this gradient's change when every weight moves by one rounding. `far_noise` (float32 only)
    is by how much it changes more than in proportion when each moves by many. Only the baseline measures them: None in
    other cases and in older files. `projections` are taken once a run; empty in its other blocks.
    """

    weight: str
    norm: float | None
    projections: tuple[float | None, ...]
    noise: float | None = None
    far_noise: float | None = None


@dataclass(frozen=True, slots=True)
class Updated:
    """An update by Adam, recomputed in float64 from the weights before it and Adam's moments after it.

    `updates` is its number. `off` is the largest difference of an element from that computation, in units of the
    weight's own rounding; `along` the largest share of a weight's differences along the weight itself, as a weight
    decay makes them, in units of what rounding gives there; `moment` the largest relative difference of a second
    moment. None: not finite. `weight` names where `off` is.
    """

    updates: int
    off: float | None
    along: float | None
    moment: float | None
    weight: str


@dataclass(frozen=True, slots=True)
class Reached:
    """A training after so many updates in all: how far it has come from its start.

    `last_loss` is that of the last update. `lengths` are the L2 norms of each variable's change since before the first
    update: those of the weights, then `averages` of the model's other variables. `projections` of the changes on a few
    fixed random directions, as of gradients; empty where directions say nothing any more, and after a run's first
    block.
    """

    updates: int
    last_loss: float | None
    lengths: tuple[float | None, ...]
    averages: tuple[float | None, ...] = ()
    projections: tuple[tuple[float | None, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What shows equal work before any timing; `by_change` where `gradients` are of the weights' first change.

    `random_layers` names the kinds of a Keras model's layers that draw random numbers in training; None: unknown.
    `moved_losses` are the first losses of a training whose weights moved by one rounding each before its first step,
    `moved` is how far that training has come, `far_loss` the first loss where they moved by 128 roundings each (float32
    only). Only the baseline has them, in a run's first block.
    `computes_in` is the precision of a person's own model that has a policy of its own; '' of all others.
    `hyperparameters` are those in force of the optimizer, `updated` its first updates, of plain Adam only.
    """

    batches_digest: str
    weights_digest: str
    first_losses: tuple[float | None, ...]
    gradients: tuple[GradientSketch, ...]
    by_change: bool = False
    random_layers: tuple[str, ...] | None = None
    moved_losses: tuple[float | None, ...] = ()
    moved: Reached | None = None
    hyperparameters: tuple[tuple[str, float], ...] | None = None
    updated: tuple[Updated, ...] = ()
    computes_in: str = ""
    far_loss: float | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """What TensorFlow itself says of how a mode ran the steps. Zeros are findings: eager has no traces.

    `graph_ops` counts the operations of a call's graph before Grappler, `loops` the while loops in it.
    `xla_compilations` counts the traces that TensorFlow must compile, for it fails rather than falls back; `clusters`
    the parts of a graph that it chose to compile. `converted` says whether AutoGraph rewrote the step, None where
    nothing is traced, `fallbacks` what it left as it was, with its reasons, `retraces` what changed in the
    arguments from a trace to the next. `devices` are those of the loss and every variable. `cache_reads` counts the
    programs that were read from XLA's disk cache instead of being compiled. `open_shapes`: XLA compiles a program whose
    inputs' shapes are left open, again for each shape that it meets, without a trace. `library` says of another
    framework which version of it ran, and in which form; then the rest is what that framework says.
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
    open_shapes: bool = False
    library: str = ""


@dataclass(frozen=True, slots=True)
class Calls:
    """What one untimed step called, as Python sees it: so many ops one by one, and `functions`, which are graphs.

    `updates` counts the ops that change a variable. `compiled` names those functions, and functions inside them at any
    depth, that XLA compiles. `as_traced`: whether the one graph called is the one that the mode has traced; None where
    it has none of its own.
    """

    ops: int
    updates: int
    functions: tuple[str, ...]
    compiled: tuple[str, ...] = ()
    as_traced: bool | None = None


@dataclass(frozen=True, slots=True)
class Repeated:
    """Updates taken again from the same state on the same batches, beside what came of them before.

    Relative differences, 0 where every bit is the same and 2 at most, for nothing alike: of the last update's `loss`,
    of the change of all variables but counters as one vector (`whole`), and of the one that differs most (`most`,
    `variable`).
    """

    updates: int
    loss: float
    whole: float
    most: float
    variable: str

    @property
    def exact(self) -> bool:
        """Every bit is the same."""
        return not (self.loss or self.whole or self.most)


@dataclass(frozen=True, slots=True)
class Late:
    """One update after the timed part, from the start's weights and moments, with count and batches where they are.

    So all cases of a block that have come to the same batch compute the same here, however late it is. `batch` is its
    number among those that come again and again; None where there are no such, and in older files.
    """

    updates: int
    last_loss: float | None
    gradients: tuple[GradientSketch, ...]
    updated: Updated | None
    batch: int | None = None


@dataclass(frozen=True, slots=True)
class Replay:
    """The first updates again after the last slice, by the same callable. `retraces`: the traces that this took.

    `first` compares them, taken in the sizes of slices or one by one, with the first time; `slice` one call of a
    slice's steps with as many single steps, where a slice is longer than the first updates. `by_chance`: where bits
    differed, the same calls were repeated from the same start, and these repetitions differ from each other too.
    """

    first: Repeated
    slice: Repeated | None
    retraces: int
    by_chance: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """Evidence after timing that the case was what its name says. `updates` is the optimizer's own count.

    `io_bytes_while_timing` is what the process read and wrote during its slices; 0 where the system does not say.
    `placement` is looked up in the first block of a case on a GPU; a case on the CPU sees no other device.
    `tracing_us` is the time spent on tracing during the slices, of any function of the process. `still` counts the
    slices over which a weight that had moved before did not; `not_finite` names the variables that hold a NaN or an
    infinity at the end. `replicas` where tf.distribute splits the batch. None, or empty: not looked at, as in older
    files.
    """

    execution: Execution
    traces_while_timing: int
    updates: int
    updates_expected: int
    io_bytes_while_timing: int | None = None
    placement: Placement | None = None
    calls: Calls | None = None
    tracing_us: int | None = None
    still: int = 0
    not_finite: tuple[str, ...] = ()
    reached: tuple[Reached, ...] = ()
    late: Late | None = None
    replay: Replay | None = None
    replicas: ReplicaProof | None = None
