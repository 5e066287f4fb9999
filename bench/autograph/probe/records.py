"""The records of a probe: the request, and what the child process of one mode observed."""

from dataclasses import dataclass

from cifar_core.cifar10 import Source
from cifar_core.workload import Workload

# graph: every jit_compile is taken out; written: the code as it is; xla: every tf.function of the user is compiled.
MODES = ("eager", "graph", "written", "xla")
XLA_MODES = ("written", "xla")


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
class CallPlace:
    """A call of a function: its name, its line, and which call of it, from 1."""

    function: str
    line: int
    call: int


@dataclass(frozen=True, slots=True)
class ModeRequest:
    """Parent to child, once: what is probed, in which mode. `dump` is the folder into which XLA dumps its programs.

    `isolate`: at this call, search the smallest part of the graph that XLA computes differently.
    """

    probe: ProbeRequest
    mode: str
    dump: str
    isolate: CallPlace | None = None
    tolerance: float = 1e-3


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
class CopiedLine:
    """A line of the user's code whose operation stands `copies` times in one graph, put there by a Python loop."""

    file: str
    line: int
    operation: str
    copies: int


@dataclass(frozen=True, slots=True)
class LibraryTraces:
    """The traces of functions that a library, such as Keras, made and called for a line of the user's code.

    `made` counts the tf.functions; `called` is what the line calls, such as predict. `code` is the rule that its
    operations break under XLA, such as that of random numbers.
    """

    called: str
    file: str
    line: int
    made: int
    traces: int
    code: str = ""


@dataclass(frozen=True, slots=True)
class FaultyOperation:
    """The smallest part of a graph that XLA computes differently: its last operation first, then what that reads.

    `code` is the rule that explains it, if one does: then it is not a fault of XLA.
    """

    operations: tuple[str, ...]
    file: str
    line: int
    expected: str
    actual: str
    code: str = ""


@dataclass(frozen=True, slots=True)
class ObservedFunction:
    """The tf.functions made of one Python function: how many were `built`, and counts over their calls.

    `body_runs` counts how often Python ran the body, `nodes` those of the largest graph; `results` are of the first
    calls. `copied` are the lines that a Python loop put into the graph many times.
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
    copied: tuple[CopiedLine, ...] = ()


@dataclass(frozen=True, slots=True)
class ModeRun:
    """Everything observed in one mode. `before` and `state` are globals, closures and attributes before and after the
    driver; `state` also has the driver's locals at its end.

    `asks_for_xla`: a tf.function was made with jit_compile, which mode graph takes out. `unread` says which of the
    driver's state or result could not be read. `fault` is a failure of the probe itself. `faulty` answers a request
    with `isolate`.

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
    libraries: tuple[LibraryTraces, ...] = ()
    asks_for_xla: bool = False
    unread: tuple[str, ...] = ()
    fault: str = ""
    faulty: FaultyOperation | None = None
