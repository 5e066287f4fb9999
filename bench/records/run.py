"""The records of a timed run as they stand on the disk: reading this file is reading the file format.

Seconds, bytes and counts in plain numbers; None means not measured (in losses: not finite).
"""

from dataclasses import dataclass

from bench.records.case import Case
from bench.records.costs import Costs
from bench.records.devices import GpuLog
from bench.records.environment import Environment
from bench.records.proof import Evidence, Proof
from bench.records.spread import ComparisonSpread

FORMAT = 2  # 1: each outcome in a file of its own; 2: a line each in measurements.jsonl
MOST_BLOCKS = 200  # where a precision or a goal cannot be reached
# The stages of a Failure: what the worker did, what the parent compared, and three that are no fault of the case
WORKER_STAGES = ("open", "build", "warmup", "slice", "loop", "close", "total")
UNEQUAL = "equal work"
NOT_APPLICABLE = "not applicable"  # the mode cannot hold the task
NOT_AVAILABLE = "not available"  # the device is not there, or cannot be used
NOT_COMPARABLE = "not comparable"  # the mode does other work by design, so it is not timed
NO_FAULT = (NOT_APPLICABLE, NOT_AVAILABLE, NOT_COMPARABLE)
STAGES = (*WORKER_STAGES, UNEQUAL, *NO_FAULT)


@dataclass(frozen=True, slots=True)
class Looks:
    """When a run may look at its intervals to decide whether it stops: after block `first`, and each one up to `last`.

    Both are fixed before the first look, so that intervals and verdicts can carry the price of looking.
    """

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Schedule:
    """How much is measured: `blocks` of `rounds`, after at least `warmup_steps`, in slices of about `slice_s`.

    `steps_per_slice` are those of one case, None in a plan: the slices of all cases take equally long. In older runs
    they have equally many steps. `precision` 0.02 asks for intervals of at most +-2 %.

    `goal` 0.03: a group stops when every comparison is answered to within 3 %, and SAME means within 3 %; `blocks` is
    then the least, and `ceiling_s` the seconds after which it stops anyway. `looks` is that ceiling in blocks, in the
    measurements from a group's third block on; None for a number of blocks that was fixed beforehand.
    `rounds_by_noise`: `rounds` is the least; a group's first block shows how many it needs, which its measurements say.
    """

    preset: str
    blocks: int
    rounds: int
    warmup_steps: int
    slice_s: float
    steps_per_slice: int | None = None
    precision: float | None = None
    budget_s: float | None = None
    time_limit_s: float = 300.0
    goal: float | None = None
    looks: Looks | None = None
    ceiling_s: float | None = None
    rounds_by_noise: bool = False

    @property
    def most_blocks(self) -> int:
        """How many blocks there may be: of older runs without a precision the planned ones only."""
        open_end = self.precision is not None or self.goal is not None or self.rounds_by_noise
        return max(self.blocks, MOST_BLOCKS) if open_end else self.blocks


@dataclass(frozen=True, slots=True)
class Samples:
    """Seconds of each slice in the order taken, never trimmed, and the round of its block that each belongs to.

    `rounds` None means all of them in order; a very slow case takes part in some rounds only, with shorter slices.
    """

    seconds: tuple[float, ...]
    steps_per_slice: int
    rounds: tuple[int, ...] | None = None

    @property
    def by_round(self) -> dict[int, float]:
        """Seconds a step by round."""
        rounds = range(len(self.seconds)) if self.rounds is None else self.rounds
        return {number: seconds / self.steps_per_slice for number, seconds in zip(rounds, self.seconds, strict=True)}


@dataclass(frozen=True, slots=True)
class Accuracy:
    """What a case has learned when all is over: the share (0..1) of so many test images that it tells.

    `updates` is a few more than when it was timed, for the diagnostics train on.
    """

    share: float
    images: int
    updates: int


@dataclass(frozen=True, slots=True)
class Measurement:
    """One case in one block, measured in a process of its own.

    `load_s` (TensorFlow imported, by the worker or its fork server; batches prepared) is taken while the block's others
    load too, or the block before closes; `build_s` (model, optimizer and, in TF1 style, the graph) and `first_call_s`
    with all others idle. `accuracy_after` is taken in a run's first block, of built-in models only; `card` where a GPU
    computes and NVML is there. `elapsed_s` is how long the block had taken when the case handed this over.
    """

    case: Case
    block: int
    schedule: Schedule
    environment: Environment
    load_s: float
    build_s: float
    first_call_s: float
    warmup: Samples
    steady: Samples
    last_loss: float | None
    evidence: Evidence
    proof: Proof
    peak_memory_bytes: int
    costs: Costs | None = None
    accuracy_after: Accuracy | None = None
    card: GpuLog | None = None
    elapsed_s: float | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that did not come through: a row in the report. `slices_s` is what had been timed by then.

    `stage` is one of STAGES.
    """

    case: Case
    block: int
    stage: str
    message: str
    stderr_tail: str = ""
    slices_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a case in a block: exactly one of the two. Raises ValueError where both are missing."""

    format: int = FORMAT
    measurement: Measurement | None = None
    failure: Failure | None = None

    def __post_init__(self) -> None:
        if not (self.measurement or self.failure):
            raise ValueError("it holds neither a measurement nor a failure")

    @property
    def case(self) -> Case:
        """The case this is the outcome of."""
        return self.record.case

    @property
    def block(self) -> int:
        """The block it was measured in."""
        return self.record.block

    @property
    def record(self) -> Measurement | Failure:
        """The one that is there."""
        record = self.measurement or self.failure
        assert record
        return record


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run sets out to measure. `data` is the option as typed; `data_title` says what it turned out to be.

    `seed` gives the weights, the batches and every order in which cases are interleaved. `needed`: the devices asked
    for by number, without which the run has failed. `trace`: whether the first block keeps a trace of each mode.
    `hosts`: the machines of cases over several, as typed.
    """

    format: int
    created: str
    seed: int
    data: str
    data_title: str
    synthetic: bool
    cases: tuple[Case, ...]
    schedule: Schedule
    needed: tuple[str, ...] = ()
    spreads: tuple[ComparisonSpread, ...] = ()
    trace: bool = False
    hosts: tuple[str, ...] = ()


def groups(plan: Plan) -> dict[str, list[Case]]:
    """The plan's cases by what is held fixed; in each group the baseline first, then its A/A control."""
    by_group: dict[str, list[Case]] = {}
    for case in plan.cases:
        by_group.setdefault(case.group, []).append(case)
    return by_group
