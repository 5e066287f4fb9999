"""What a probe sees in one mode: the records that its child sends. How modes compare is in probe_compare.py."""

from dataclasses import dataclass

MODES = ("eager", "graph", "xla")


@dataclass(frozen=True, slots=True)
class Order:
    """Parent to child, once: which driver of which file, in which mode, and how far tracing may go.

    `dump` is the folder into which XLA writes what it compiles.
    """

    file: str
    driver: str
    mode: str
    node_limit: int
    time_limit_s: float
    dump: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A value inside a structure, by its path. `numbers` are float64, of a large array some only."""

    path: str
    kind: str
    text: str = ""
    shape: tuple[int, ...] = ()
    numbers: bytes | None = None
    symbolic: bool = False


@dataclass(frozen=True, slots=True)
class Raised:
    """What the driver raised: its type, its line of text, and the person's line."""

    kind: str
    message: str
    place: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """Why a call was traced anew: an argument, what changed of it, from what to what."""

    argument: str
    what: str  # dtype, shape, value, object or structure
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Retrace:
    """A call that was traced though there was a trace; no changes where nothing of the arguments differs."""

    call: int
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Function:
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
class Seen:
    """All that was seen in one mode. `state` are globals, closures, attributes and the driver's locals at its end."""

    mode: str
    result: tuple[Leaf, ...] = ()
    raised: Raised | None = None
    stdout: tuple[str, ...] = ()
    stderr: tuple[str, ...] = ()
    before: tuple[Leaf, ...] = ()
    state: tuple[Leaf, ...] = ()
    functions: tuple[Function, ...] = ()
    unconverted: tuple[str, ...] = ()
    limit: str = ""  # the limit that ended it, and where
    failure: str = ""  # why nothing could be probed
