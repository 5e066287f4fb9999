"""The records of a probe: the request, and what the child process of one mode observed."""

from dataclasses import dataclass

from cifar_core.cifar10 import Source
from cifar_core.workload import Workload

MODES = ("eager", "graph", "xla")


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a driver in one mode: nodes of a graph, seconds, and GB of memory (0: half of what is free)."""

    nodes: int = 50_000
    seconds: float = 120.0
    memory_gb: float = 0.0


@dataclass(frozen=True, slots=True)
class ProbeRequest:
    """What is probed: a driver of a file (or of a module, by name), in which modes; the first mode is the reference.

    With a `workload` there is no file: the training step of the user's own model is probed.
    """

    file: str = ""
    driver: str = ""
    modes: tuple[str, ...] = MODES
    limits: Limits = Limits()
    workload: Workload | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class ModeRequest:
    """Parent to child, once: what is probed, in which mode. `dump` is the folder into which XLA dumps its programs."""

    probe: ProbeRequest
    mode: str
    dump: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value inside a structure, by its path. `numbers` are float64 bytes; of a large array only a sample.

    `variable`: it is the value of a tf.Variable.
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
    """The exception of the driver: its type, its message, and the line of the user's code."""

    kind: str
    message: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class ArgumentChange:
    """Why a call was retraced: the argument, which property of it changed, and its values before and after."""

    argument: str
    what: str  # dtype, shape, value, object or structure
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Retrace:
    """A call that was traced although a trace existed; no changes where the arguments do not differ."""

    call: int
    changes: tuple[ArgumentChange, ...]


@dataclass(frozen=True, slots=True)
class ObservedFunction:
    """The tf.functions made of one Python function: how many were `built`, and counts over their calls.

    `body_runs` counts how often Python ran the body, `nodes` those of the largest graph; `results` are of the first
    calls.
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
    """Everything observed in one mode. `before` and `state` are globals, closures and attributes before and after the
    driver; `state` also has the driver's locals at its end.

    For an own model, `file` is its module, and `traced` are the functions, by file and line, that a mode traces.
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
