"""The records of a probe: what is asked, what a child sees in one mode, what a run keeps of it.

Leaves out how modes compare (probe_compare.py).
"""

from dataclasses import dataclass

from cifar_core.cifar10 import Source
from cifar_core.workload import Workload

MODES = ("eager", "graph", "xla")


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a driver may go in a mode: nodes of a graph, seconds, and GB of memory, 0 for half of what is free."""

    nodes: int = 50_000
    seconds: float = 120.0
    memory_gb: float = 0.0


@dataclass(frozen=True, slots=True)
class ProbeRequest:
    """What is probed: a driver of a file (or of a module, by its name), in which modes; the first is the reference.

    With a `workload`, the file is left out: what is probed is the training step of a person's own model.
    """

    file: str = ""
    driver: str = ""
    modes: tuple[str, ...] = MODES
    limits: Limits = Limits()
    workload: Workload | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class ModeRequest:
    """Parent to child, once: what is probed, in which mode. Into the folder `dump` XLA writes what it compiles."""

    asked: ProbeRequest
    mode: str
    dump: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value inside a structure, by its path. `numbers` are float64, of a large array some only.

    `variable`: it is what a tf.Variable holds.
    """

    path: str
    kind: str
    text: str = ""
    shape: tuple[int, ...] = ()
    numbers: bytes | None = None
    symbolic: bool = False
    variable: bool = False


@dataclass(frozen=True, slots=True)
class Raised:
    """What the driver raised: its type, its line of text, and the person's line."""

    kind: str
    message: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class ArgumentChange:
    """Why a call was traced anew: an argument, what changed of it, from what to what."""

    argument: str
    what: str  # dtype, shape, value, object or structure
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Retrace:
    """A call that was traced though there was a trace; no changes where nothing of the arguments differs."""

    call: int
    changes: tuple[ArgumentChange, ...]


@dataclass(frozen=True, slots=True)
class ObservedFunction:
    """The tf.functions made of one Python function: how many were `built`, and what became of their calls.

    `body_runs` is how often Python ran the body, `nodes` the largest graph's, `results` those of the first calls.
    """

    name: str
    file: str
    line: int
    built: int
    calls: int
    body_runs: int
    traces: int
    compiles: int
    nodes: int | None
    retraces: tuple[Retrace, ...]
    results: tuple[tuple[Leaf, ...], ...]


@dataclass(frozen=True, slots=True)
class ModeRun:
    """All that was seen in one mode. `state` are globals, closures, attributes and the driver's locals at its end.

    Of an own model, `file` is the module it comes from, and `traced` where the functions are that a mode traces.
    """

    mode: str
    result: tuple[Leaf, ...] = ()
    raised: Raised | None = None
    stdout: tuple[str, ...] = ()
    stderr: tuple[str, ...] = ()
    before: tuple[Leaf, ...] = ()
    state: tuple[Leaf, ...] = ()
    functions: tuple[ObservedFunction, ...] = ()
    unconverted: tuple[str, ...] = ()
    limit: str = ""  # the limit that ended it, and where
    failure: str = ""  # why nothing could be probed
    file: str = ""
    traced: tuple[tuple[str, int], ...] = ()
