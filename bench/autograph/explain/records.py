"""The records of `explain`: what the child process sends for each stage of a function."""

from dataclasses import dataclass

STAGES = ("source", "code", "trace", "graph", "program", "times")
DRIVER_OF_METHOD = "with a function of that file that makes the object and calls the method once"


@dataclass(frozen=True, slots=True)
class Request:
    """Which function is explained, and how it is called.

    `target` is `module:function` or `file.py::function`; `arguments` a Python argument list, evaluated in the
    function's module; `driver` a function that calls it: of the same module, or `module:function`. `drops_operations`:
    operations among its results are replaced by None, because tf.function cannot return them.
    """

    target: str
    arguments: str = ""
    driver: str = ""
    drops_operations: bool = False


@dataclass(frozen=True, slots=True)
class ListingLine:
    """A line of a listing; `source` is the number of the source line it comes from, None where that is not known."""

    text: str
    source: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The first lines of a text, and how many lines it has in total."""

    lines: tuple[ListingLine, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Count:
    """How many operations or instructions there are of one kind."""

    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class SourceCode:
    """The source code of the function; `first` is the number of its first line."""

    name: str
    file: str
    first: int
    listing: Listing


@dataclass(frozen=True, slots=True)
class Visit:
    """Python ran a line while tracing: in which graph (empty for the function's own), and the operations it created."""

    line: int
    graph: str
    ops: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class LineCount:
    """How often Python ran a source line eagerly (None: unknown) and while tracing, and the operations it created."""

    line: int
    eager: int | None
    traced: int
    ops: int


@dataclass(frozen=True, slots=True)
class Trace:
    """What Python did during one trace. `converted`: AutoGraph's code ran, not the code as written."""

    signature: str
    converted: bool
    visits: tuple[Visit, ...]
    visits_total: int
    lines: tuple[LineCount, ...]


@dataclass(frozen=True, slots=True)
class FuncGraph:
    """A function's graph, with the graphs nested in it: conditions and bodies of loops, branches, called functions.

    `ops` counts its own operations, `ops_total` also those of the nested graphs.
    """

    name: str
    role: str
    ops: int
    ops_total: int
    kinds: tuple[Count, ...]
    listing: Listing
    bodies: "tuple[FuncGraph, ...]"  # whole in quotes: Python 3.10 does not resolve a name within


@dataclass(frozen=True, slots=True)
class TracedGraph:
    """The graph as traced, and after the runtime's optimiser (Grappler); `reason` says why that is missing."""

    traced: FuncGraph
    optimised: FuncGraph | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Program:
    """An XLA program (HLO): the number of its instructions, their kinds, and its text."""

    instructions: int
    kinds: tuple[Count, ...]
    listing: Listing


@dataclass(frozen=True, slots=True)
class XlaCompilation:
    """The program that XLA gets and the one it optimises it to; `fusions` counts those of the optimised program."""

    given: Program
    optimised: Program
    fusions: int


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds per call in one mode: the median of some slices with its interval, and the first call by itself.

    Where the mode cannot run the function, `reason` says why and the numbers are None.
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
    """A stage that is missing for this function, and why."""

    stage: str
    reason: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The stages so far. The child sends one message per stage with that stage only, and finally one with `done`."""

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
        """Why a stage is missing; empty where it is not."""
        return next((missing.reason for missing in self.missing if missing.stage == stage), "")
