"""What `explain` says of a function, stage by stage: the records that cross from its child, and are shown.

Leaves out how they are found (explain_child.py) and shown (explain_text.py, explain_page.py).
"""

from dataclasses import dataclass

STAGES = ("source", "code", "trace", "graph", "program", "times")


@dataclass(frozen=True, slots=True)
class Request:
    """Which function, and with what it is called.

    `target` is `module:function` or `file.py::function`; `arguments` a Python argument list, evaluated where the
    function is; `driver` a function that calls it: of the same module, or `module:function`. `drops_operations`: what
    it returns beside tensors, which tf.function would refuse, is left out, as the modes leave it out.
    """

    target: str
    arguments: str = ""
    driver: str = ""
    drops_operations: bool = False


@dataclass(frozen=True, slots=True)
class ListingLine:
    """A line of a listing, and the number of the source line that it comes from, where that is known."""

    text: str
    source: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The first lines of something, and how many it has."""

    lines: tuple[ListingLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many there are of one kind."""

    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class SourceCode:
    """The function as it was written; `first` is the number of its first line."""

    name: str
    file: str
    first: int
    listing: Listing


@dataclass(frozen=True, slots=True)
class Visit:
    """Python came to a line: in which graph (empty for the function's own), and what operations the line made there."""

    line: int
    graph: str
    ops: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class LineCount:
    """How often Python came to a source line when it ran eagerly and while it was traced, and the ops it made."""

    line: int
    eager: int | None
    traced: int
    ops: int


@dataclass(frozen=True, slots=True)
class Trace:
    """What Python did while the function was traced once. `converted`: by AutoGraph, seen in what was run."""

    signature: str
    converted: bool
    visits: tuple[Visit, ...]
    visits_total: int
    lines: tuple[LineCount, ...]


@dataclass(frozen=True, slots=True)
class FuncGraph:
    """A graph and those in it: a loop's condition and body, a branch, a function that is called.

    `ops` are its own; `ops_total` has those of the bodies in it as well.
    """

    name: str
    role: str
    ops: int
    ops_total: int
    kinds: tuple[Count, ...]
    listing: Listing
    bodies: tuple["FuncGraph", ...]


@dataclass(frozen=True, slots=True)
class TracedGraph:
    """The traced graph, and what the runtime's optimiser (Grappler) made of it; why not, where it could not be had."""

    traced: FuncGraph
    optimised: FuncGraph | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Program:
    """XLA's program: how many instructions, of what kinds, and its text."""

    instructions: int
    kinds: tuple[Count, ...]
    listing: Listing


@dataclass(frozen=True, slots=True)
class XlaCompilation:
    """The program that XLA is given, and the one that it makes of it, with that one's fusions."""

    given: Program
    optimised: Program
    fusions: int


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds of a call in one mode: the median of some slices with its interval, and the first call's on its own.

    Where the mode cannot run it, `reason` says why and the numbers are None.
    """

    mode: str
    median_s: float | None = None
    low_s: float | None = None
    high_s: float | None = None
    first_call_s: float | None = None
    slices: int = 0
    calls_per_slice: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """A stage that this function does not have, and TensorFlow's reason."""

    stage: str
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """All stages, as far as they came. The child sends one a stage, with that stage alone, and at last a `done`."""

    source: SourceCode | None = None
    code: Listing | None = None
    trace: Trace | None = None
    graph: TracedGraph | None = None
    program: XlaCompilation | None = None
    times: tuple[Timing, ...] | None = None
    missing: tuple[Missing, ...] = ()
    failure: str = ""  # why nothing could be explained
    done: bool = False

    def reason(self, stage: str) -> str:
        """Why a stage is not there."""
        return next((missing.reason for missing in self.missing if missing.stage == stage), "")
